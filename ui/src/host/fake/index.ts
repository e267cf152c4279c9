/**
 * A host without a program, for unit tests and for drawing screens in development. Fixtures are typed, so a
 * change of the contract shows here first. Each screen keeps its own fixtures in a file beside this one.
 */
import type { UiEvent } from "@/contract";
import { type CommandName, type Host, HostError, type Request, type Response } from "../host";
import { configAnswers } from "./config";
import { machineAnswers } from "./machine";
import { operationsAnswers } from "./operations";
import { ordersAnswers } from "./orders";
import { overviewAnswers } from "./overview";

export type Answers = { [K in CommandName]?: (request: Request<K>) => Response<K> | Promise<Response<K>> };

/** What the program behind the fake holds: everything, nothing yet, or a fault. */
export type FakeState = "full" | "empty" | "fault";

export interface FakeHost extends Host {
  /** What was asked, oldest first. */
  readonly asked: { name: CommandName; request: unknown }[];
  /** Sends an event to every subscriber. */
  emit(event: UiEvent): void;
}

export function fakeHost(state: FakeState | string = "full", overrides: Answers = {}): FakeHost {
  const known: FakeState = state === "empty" || state === "fault" ? state : "full";
  const live = overviewAnswers(known);
  const answers: Answers = {
    ...live,
    ...configAnswers(known),
    ...machineAnswers(known, live.series),
    ...operationsAnswers(known),
    ...ordersAnswers(),
    ...overrides,
  };
  const listeners = new Set<(event: UiEvent) => void>();
  const asked: FakeHost["asked"] = [];
  return {
    kind: "fake",
    asked,
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
    async rpc<K extends CommandName>(name: K, request: Request<K>): Promise<Response<K>> {
      asked.push({ name, request });
      const answer = answers[name] as
        | ((request: Request<K>) => Response<K> | Promise<Response<K>>)
        | undefined;
      if (!answer) {
        throw new HostError({
          code: "unknown_command",
          message: `The fake host has no answer to ${name}.`,
          remedy: "",
          problems: [],
        });
      }
      return answer(request);
    },
    subscribe(onEvent, onLink) {
      listeners.add(onEvent);
      onLink("live");
      return () => listeners.delete(onEvent);
    },
    saveFile: async (filename) => filename,
  };
}
