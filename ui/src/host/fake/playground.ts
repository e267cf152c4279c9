/** Answers of the playground: a few words, one at each reading. */
import type { PlaygroundEnd } from "@/contract";
import type { Answers } from "./index";

const WORDS = ["The ", "sky ", "scatters ", "blue."];

/** How a request ended well. */
export const endOf = (over: Partial<PlaygroundEnd> = {}): PlaygroundEnd => ({
  ok: true,
  status: 200,
  error: null,
  tier: "gpu-2",
  mode: "degraded",
  notice: null,
  request: "01JD7",
  tokens: 4,
  tokens_per_second: 31.5,
  total_ms: 210,
  tiers: [
    { tier: "gpu", why_not: "down: connection refused" },
    { tier: "gpu-2", why_not: null },
    { tier: "cpu", why_not: null },
  ],
  tries: [
    {
      tier: "gpu-2",
      server: "127.0.0.1:8001",
      failure: null,
      message: "",
      first_token_ms: 84,
      total_ms: 210,
      fault: null,
    },
  ],
  fault: null,
  ...over,
});

export function playgroundAnswers(): Answers {
  const readings = new Map<string, number>();
  return {
    "playground.start": () => {
      const id = `run-${readings.size + 1}`;
      readings.set(id, 0);
      return { id };
    },
    "playground.read": ({ id, text_at }) => {
      const at = readings.get(id) ?? 0;
      const text = WORDS[at] ?? "";
      readings.set(id, at + 1);
      return {
        text,
        reasoning: "",
        text_at: text_at + text.length,
        reasoning_at: 0,
        first_token_ms: 84,
        elapsed_ms: 100 + at * 30,
        end: at === WORDS.length - 1 ? endOf() : null,
      };
    },
    "playground.stop": () => null,
  };
}
