/** `changeoverd` or the program's admin address, over HTTP with a token. */
import { createParser } from "eventsource-parser";
import type { RpcError, UiEvent } from "@/contract";
import { download } from "./download";
import {
  asHostError,
  type CommandName,
  type Host,
  HostError,
  isRpcError,
  type Request,
  type Response,
} from "./host";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The engine speaks at least every two seconds; so long a silence is a dead connection. */
const SILENCE_MS = 8_000;

const unreachable = (address: string): RpcError => ({
  code: "unavailable",
  message: `Changeover does not answer at ${address || "this address"}.`,
  remedy: "Start it again with `changeoverd serve`, or open the address that it printed.",
  problems: [],
});

const unauthorised: RpcError = {
  code: "unauthorised",
  message: "The token is missing or no longer valid.",
  remedy: "Open the address that changeoverd printed when it started.",
  problems: [],
};

/** Reads the engine's error from an answer that is not 200. */
export async function errorOf(response: globalThis.Response): Promise<HostError> {
  if (response.status === 401) return new HostError(unauthorised);
  const text = await response.text().catch(() => "");
  try {
    const body: unknown = JSON.parse(text);
    if (isRpcError(body)) return asHostError(body);
  } catch {
    // Not ours: something else listens there, and is quoted below.
  }
  return new HostError({
    code: "failed",
    message: `The server answered ${response.status} ${response.statusText}`.trim(),
    remedy: "Check that the address is Changeover's admin address and not another program's.",
    problems: [],
  });
}

/** A host that talks to `base` ("" for where the page came from). */
export function httpHost(base: string, token: () => string | null): Host {
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${token() ?? ""}` });

  async function rpc<K extends CommandName>(name: K, request: Request<K>): Promise<Response<K>> {
    let answer: globalThis.Response;
    try {
      answer = await fetch(`${base}/rpc/${name}`, {
        method: "POST",
        headers: { ...headers(), "content-type": "application/json" },
        body: JSON.stringify(request),
      });
    } catch {
      throw new HostError(unreachable(base || location.origin));
    }
    if (!answer.ok) throw await errorOf(answer);
    return (await answer.json()) as Response<K>;
  }

  return {
    kind: "http",
    rpc,
    subscribe(onEvent, onLink) {
      const stop = new AbortController();
      void follow(`${base}/events`, headers, onEvent, onLink, stop.signal);
      return () => stop.abort();
    },
    async saveFile(filename, text, mediaType) {
      download(filename, text, mediaType);
      return null;
    },
  };
}

type OnEvent = Parameters<Host["subscribe"]>[0];
type OnLink = Parameters<Host["subscribe"]>[1];

/** Reads the event stream again and again, with growing pauses, until told to stop. */
async function follow(
  address: string,
  headers: () => Record<string, string>,
  onEvent: OnEvent,
  onLink: OnLink,
  stop: AbortSignal,
) {
  let pause = FIRST_PAUSE_MS;
  onLink("connecting");
  while (!stop.aborted) {
    const outcome = await readOnce(address, headers(), onEvent, onLink, stop);
    if (stop.aborted) return;
    if (outcome === "unauthorised") {
      onLink("unauthorised");
      return;
    }
    onLink("lost");
    pause = outcome === "had_events" ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    await sleep(pause, stop);
  }
}

type Outcome = "unauthorised" | "had_events" | "nothing";

async function readOnce(
  address: string,
  headers: Record<string, string>,
  onEvent: OnEvent,
  onLink: OnLink,
  stop: AbortSignal,
): Promise<Outcome> {
  const silence = new AbortController();
  let watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
  let outcome: Outcome = "nothing";
  try {
    const answer = await fetch(address, {
      headers: { ...headers, accept: "text/event-stream" },
      signal: AbortSignal.any([stop, silence.signal]),
    });
    if (answer.status === 401) return "unauthorised";
    if (!answer.ok || !answer.body) return "nothing";
    const parser = createParser({
      onEvent: ({ data }) => {
        outcome = "had_events";
        onEvent(JSON.parse(data) as UiEvent);
      },
    });
    onLink("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return outcome;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
      parser.feed(value);
    }
  } catch {
    // A broken connection; the caller reports it and tries again.
    return outcome;
  } finally {
    clearTimeout(watchdog);
    silence.abort();
  }
}

function sleep(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
