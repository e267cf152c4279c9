import { expect, it } from "vitest";
import type { Document, RequestExplained, Tier } from "@/contract";
import { dryRun } from "./dry-run";
import { follows, givesUp } from "./follows";
import { newChain, newTier } from "./templates";

const tier = (name: string, over: Partial<Tier> = {}) =>
  newTier({ name, provider: "vllm", url: `http://${name}:8000`, ...over });
const document = (...tiers: Tier[]) =>
  ({ chains: [newChain("chat", tiers)], version: 1 }) as unknown as Document;
const abc = () => document(tier("a"), tier("b"), tier("c"));

it("gives up when the last of all silent servers is too late, or at the deadline", () => {
  const [chain] = document(tier("a"), tier("b", { timeouts: short("5s", "20s") })).chains;
  if (!chain) throw new Error("there is a chain");
  expect(givesUp(chain)).toBe(15_000 + 20_000);
  expect(givesUp({ ...chain, deadline: "30s" })).toBe(30_000);
  const twice = { ...tier("a"), replicas: [{ url: "http://a:1" }, { url: "http://a:2" }] };
  expect(givesUp({ ...chain, tiers: [twice as Tier, ...chain.tiers.slice(1)] })).toBe(50_000);
  expect(givesUp({ ...chain, tiers: [tier("a", { enabled: false })] })).toBeNull();
  expect(givesUp({ ...chain, deadline: "soon" })).toBeNull();
});

it("says what follows for the chains that change, and nothing for the others", () => {
  expect(follows(abc(), abc())).toEqual([]);
  const off = { enabled: false };
  expect(
    follows(abc(), document(tier("a", { timeouts: short("1s", "9s") }), tier("b", off), tier("c", off))),
  ).toEqual([
    { kind: "gives_up", chain: "chat", ms: 9_000, was: 120_000 },
    { kind: "alone", chain: "chat", tier: "a" },
  ]);
  const cloud = { provider: "openai" } as const;
  const { url: _a, ...first } = tier("a", cloud);
  const { url: _b, ...second } = tier("b", cloud);
  expect(follows(abc(), document(first, second))).toEqual([
    { kind: "one_place", chain: "chat", place: "openai" },
  ]);
  const here = document(tier("a", { url: "http://gpu1:8000" }), tier("b", { url: "http://gpu1:8001/v1" }));
  expect(follows(abc(), here)).toEqual([{ kind: "one_place", chain: "chat", place: "gpu1" }]);
  const still = document(...(here.chains[0]?.tiers ?? []).map((one) => ({ ...one, model: "x" })));
  expect(follows(here, still)).toEqual([]);
});

it("sends the newest requests through the draft by what was known of each tier", () => {
  const requests = [
    request("a", [["a"], ["b"], ["c"]], [["a"]]),
    request("a", [["a"], ["b", "down"], ["c"]], [["a"]]),
    request("b", [["a"], ["b"], ["c"]], [["a", "refused"], ["b"]]),
    request(null, [["a"], ["b", "down"], ["c", "switched off"]], [["a", "refused"]]),
    { ...request("a", [["a"]], [["a"]]), chain: "other" },
  ];
  expect(dryRun(abc(), abc(), requests)).toEqual([]);
  expect(dryRun(abc(), document(tier("b"), tier("a"), tier("c")), requests)).toEqual([
    { chain: "chat", requests: 4, same: 3, moved: [{ from: "a", to: "b", count: 1 }], unknown: [], lost: 0 },
  ]);
  expect(dryRun(abc(), document(tier("b"), tier("new")), requests)).toEqual([
    {
      chain: "chat",
      requests: 4,
      same: 1,
      moved: [{ from: "a", to: "b", count: 1 }],
      unknown: [{ tier: "new", count: 2 }],
      lost: 0,
    },
  ]);
  expect(dryRun(abc(), document(tier("b", { model: "x" })), requests)).toMatchObject([{ same: 2, lost: 1 }]);
});

function short(first_token: string, total: string) {
  return { connect: "2s", first_token, idle: "30s", total };
}

/** Each tier with why it was passed over, each try with how it failed. */
function request(
  by: string | null,
  tiers: [string, string?][],
  tries: [string, string?][],
): RequestExplained {
  return {
    id: "r",
    at_ms: 0,
    asked: "chat",
    chain: "chat",
    simulated: false,
    stream: true,
    tier: by,
    result: by === null ? "failed" : "answered",
    total_ms: 1,
    tiers: tiers.map(([name, why]) => ({ tier: name, why_not: why ?? null })),
    tries: tries.map(([name, failure]) => ({
      tier: name,
      server: "s",
      began_ms: 0,
      first_token_ms: null,
      total_ms: 1,
      failure: failure ?? null,
      message: "",
      verdict: "",
      resumes: false,
      left_out: [],
    })),
    not_resumed: null,
  } as RequestExplained;
}
