import { expect, it } from "vitest";
import type { Problem } from "@/contract";
import { inWords, ofChain, ofTier, placeOf, refusal } from "./problems";

const problem = (path: string): Problem => ({
  path,
  what: "zero is too little",
  remedy: "write 15s",
  severity: "error",
});

it.each([
  ["", { chain: null, tier: null, field: "" }],
  ["endpoint.listen", { chain: null, tier: null, field: "endpoint.listen" }],
  ["chains[2]", { chain: 2, tier: null, field: "" }],
  ["chains[2].failback.hold", { chain: 2, tier: null, field: "failback.hold" }],
  ["chains[0].tiers", { chain: 0, tier: null, field: "tiers" }],
  ["chains[0].tiers[11].timeouts.first_token", { chain: 0, tier: 11, field: "timeouts.first_token" }],
  ["chains[0].tiers[1].replicas[3].url", { chain: 0, tier: 1, field: "replicas[3].url" }],
])("reads the path %s", (path, place) => {
  expect(placeOf(path)).toEqual(place);
});

it("gives each chain and tier its own problems", () => {
  const all = ["chains[0].tiers[1].url", "chains[0].tiers[10].url", "chains[0].name", "endpoint.listen"].map(
    problem,
  );
  expect(ofTier(all, 0, 1).map(({ field }) => field)).toEqual(["url"]);
  expect(ofChain(all, 0).map(({ field }) => field)).toEqual(["name"]);
});

it("says what is wrong and how to mend it", () => {
  expect(inWords(problem("x"))).toBe("Zero is too little: write 15s.");
  expect(inWords({ ...problem("x"), remedy: "" })).toBe("Zero is too little.");
  expect(inWords({ ...problem("x"), what: "the name `gpu1` is taken" })).toBe(
    "The name “gpu1” is taken: write 15s.",
  );
});

it("says what was refused as sentences", () => {
  const error = { message: "there is no runbook `gone`", remedy: "choose one on the Runbooks screen" };
  expect(refusal(error)).toBe("There is no runbook “gone”. Choose one on the Runbooks screen.");
  expect(refusal({ message: "The engine is gone.", remedy: "" })).toBe("The engine is gone.");
});
