/**
 * A request of the playground and what came of it. Runs outlive a visit to another screen, not a reload: they are in
 * this page's memory alone.
 */
import { create } from "zustand";
import type { PlaygroundEnd, PlaygroundStart } from "@/contract";
import { asHostError, type Host, type HostError } from "@/host";

/** What is shown of a run. */
export interface RunView {
  state: "waiting" | "streaming" | "ended" | "stopped";
  text: string;
  reasoning: string;
  firstTokenMs: number | null;
  elapsedMs: number;
  end: PlaygroundEnd | null;
  /** Why it could not be sent or read. */
  error: HostError | null;
}

/** The two places for an answer. */
export type Side = "first" | "second";

interface Runs {
  first: RunView | null;
  second: RunView | null;
}

export const useRuns = create<Runs>(() => ({ first: null, second: null }));

/** Ends the run that a side shows; what came of it stays. */
const stops: Record<Side, (() => void) | null> = { first: null, second: null };

const FRESH: RunView = {
  state: "waiting",
  text: "",
  reasoning: "",
  firstTokenMs: null,
  elapsedMs: 0,
  end: null,
  error: null,
};

/** Whether it goes on. */
export const isRunning = (run: RunView | null): boolean =>
  run !== null && (run.state === "waiting" || run.state === "streaming");

/** Hangs up. */
export const stop = (side: Side) => stops[side]?.();

/** Empties a side. */
export function clear(side: Side) {
  stop(side);
  useRuns.setState({ [side]: null });
}

/** Sends a prompt and shows what comes; a run that this side had is given up. */
export async function send(host: Host, side: Side, request: PlaygroundStart) {
  stop(side);
  let stopped = false;
  let id: string | null = null;
  const patch = (change: Partial<RunView>) =>
    useRuns.setState((runs) => ({ [side]: { ...(runs[side] ?? FRESH), ...change } }));
  const hangUp = () => {
    stopped = true;
    stops[side] = null;
    patch({ state: "stopped" });
    // Whoever stops it does not care whether it had just ended.
    if (id) host.rpc("playground.stop", { id }).catch(() => {});
  };
  stops[side] = hangUp;
  useRuns.setState({ [side]: FRESH });
  try {
    ({ id } = await host.rpc("playground.start", request));
    if (stopped) {
      host.rpc("playground.stop", { id }).catch(() => {});
      return;
    }
    await read(host, id, patch, () => stopped);
  } catch (reason) {
    if (!stopped) patch({ state: "ended", error: asHostError(reason) });
  }
  if (stops[side] === hangUp) stops[side] = null;
}

async function read(
  host: Host,
  id: string,
  patch: (change: Partial<RunView>) => void,
  stopped: () => boolean,
) {
  let at = { text_at: 0, reasoning_at: 0 };
  let text = "";
  let reasoning = "";
  for (;;) {
    const progress = await host.rpc("playground.read", { id, ...at });
    if (stopped()) return;
    at = { text_at: progress.text_at, reasoning_at: progress.reasoning_at };
    text += progress.text;
    reasoning += progress.reasoning;
    patch({
      state: progress.end ? "ended" : text || reasoning ? "streaming" : "waiting",
      text,
      reasoning,
      firstTokenMs: progress.first_token_ms,
      elapsedMs: progress.end?.total_ms ?? progress.elapsed_ms,
      end: progress.end,
    });
    if (progress.end) return;
  }
}
