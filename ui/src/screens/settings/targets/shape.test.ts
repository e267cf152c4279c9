import { expect, it } from "vitest";
import { chainOf, documentOf, tierOf } from "@/host/fake/config";
import { fromPercent, numberOf, pricedTiers, toPercent, withTargets } from "./shape";

it("reads numbers with a point or a comma, and nothing else", () => {
  expect([" 2,5 ", "0.1", "", "x", "1e999"].map(numberOf)).toEqual([2.5, 0.1, null, null, null]);
  expect([0.999, 0.9995, 1].map(toPercent)).toEqual(["99.9", "99.95", "100"]);
  expect(["99.9", "99,95", ""].map(fromPercent)).toEqual([0.999, 0.9995, null]);
});

it("sets and takes away prices of real tiers, and touches nothing else", () => {
  const real = chainOf({
    name: "chat",
    tiers: [
      tierOf({ provider: "openai", name: "cloud", price: { input: 1, output: 2 } }),
      tierOf({ provider: "vllm", name: "gpu" }),
    ],
  });
  const document = documentOf([chainOf(), real]);
  const rows = pricedTiers(document);
  expect(rows.map(({ tier }) => tier)).toEqual(["cloud", "gpu"]);
  const targets = { ...document.targets, availability: 0.99 };
  const next = withTargets(document, targets, [
    { chain: "chat", tier: "cloud", price: undefined },
    { chain: "chat", tier: "gpu", price: { input: 0.1, output: 0.2 } },
  ]);
  expect(next.targets.availability).toBe(0.99);
  expect(next.chains[1]?.tiers.map(({ price }) => price)).toEqual([undefined, { input: 0.1, output: 0.2 }]);
  expect("price" in (next.chains[1]?.tiers[0] ?? {})).toBe(false);
  expect(next.chains[0]).toEqual(document.chains[0]);
});
