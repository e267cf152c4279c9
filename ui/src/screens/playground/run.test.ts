import { beforeEach, expect, it } from "vitest";
import { HostError } from "@/host";
import { fakeHost } from "@/host/fake";
import { readMaxTokens } from "./prompt";
import { clear, isRunning, send, stop, useRuns } from "./run";

const request = {
  chain: "practice",
  tier: null,
  prompt: "Why?",
  system: null,
  max_tokens: null,
  fault: null,
};
const gone = new HostError({ code: "unavailable", message: "No answer.", remedy: "", problems: [] });

beforeEach(() => {
  clear("first");
  clear("second");
});

it("puts the readings together and ends with who answered", async () => {
  const host = fakeHost();
  await send(host, "first", request);
  expect(useRuns.getState().first).toMatchObject({
    state: "ended",
    text: "The sky scatters blue.",
    firstTokenMs: 84,
    elapsedMs: 210,
    end: { tier: "gpu-2" },
  });
  const reads = host.asked
    .filter(({ name }) => name === "playground.read")
    .map(({ request: asked }) => asked);
  expect(reads[1]).toEqual({ id: "run-1", text_at: 4, reasoning_at: 0 });
});

it("keeps what came when the engine goes away, and says so", async () => {
  let readings = 0;
  const part = { reasoning: "", reasoning_at: 0, first_token_ms: 84, elapsed_ms: 100, end: null };
  const host = fakeHost("full", {
    "playground.read": () => {
      readings += 1;
      if (readings > 2) throw gone;
      return { ...part, text: `${readings} `, text_at: readings * 2 };
    },
  });
  await send(host, "first", request);
  expect(useRuns.getState().first).toMatchObject({ state: "ended", text: "1 2 ", error: gone });
});

it("hangs up when it is stopped, and takes in nothing after that", async () => {
  let answer: (id: { id: string }) => void = () => {};
  const host = fakeHost("full", {
    "playground.start": () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  const sent = send(host, "first", request);
  stop("first");
  answer({ id: "late" });
  await sent;
  expect(useRuns.getState().first?.state).toBe("stopped");
  expect(host.asked.at(-1)).toEqual({ name: "playground.stop", request: { id: "late" } });
  expect(host.asked.some(({ name }) => name === "playground.read")).toBe(false);
});

it("runs two sides apart", async () => {
  const host = fakeHost();
  const both = [send(host, "first", request), send(host, "second", { ...request, tier: "cpu" })];
  expect(isRunning(useRuns.getState().second)).toBe(true);
  await Promise.all(both);
  expect(useRuns.getState().second?.text).toBe(useRuns.getState().first?.text);
});

it("reads a bound of tokens", () => {
  expect(readMaxTokens("")).toBeNull();
  expect(readMaxTokens(" 40 ")).toBe(40);
  for (const bad of ["0", "-1", "1.5", "x"]) expect(readMaxTokens(bad)).toBeUndefined();
});
