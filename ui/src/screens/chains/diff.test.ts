import { expect, it } from "vitest";
import { chainOf, documentOf, tierOf } from "@/host/fake/config";
import { diff } from "./diff";

const before = documentOf([chainOf()]);
const names = () => chainOf().tiers;

it("finds nothing where nothing changed", () => {
  expect(diff(before, structuredClone(before))).toEqual([]);
});

it("names the order, and only the order, when tiers moved", () => {
  const [a, b, c] = names();
  const after = documentOf([chainOf({ tiers: [c, a, b].filter((tier) => tier !== undefined) })]);
  expect(diff(before, after)).toEqual([
    { kind: "order", chain: "practice", from: "gpu, gpu-2, cpu", to: "cpu, gpu, gpu-2" },
  ]);
});

it("does not call an added or removed tier a new order", () => {
  const grown = documentOf([chainOf({ tiers: [tierOf({ name: "new" }), ...names()] })]);
  expect(diff(before, grown)).toEqual([{ kind: "tier_added", chain: "practice", tier: "new" }]);
  expect(diff(grown, before)).toEqual([{ kind: "tier_removed", chain: "practice", tier: "new" }]);
});

it("tells a rename from a removal and an addition", () => {
  const [first, ...rest] = names();
  const after = documentOf([
    chainOf({ tiers: [{ ...first, name: "h100" } as (typeof rest)[number], ...rest] }),
  ]);
  expect(diff(before, after)).toEqual([{ kind: "tier_renamed", chain: "practice", from: "gpu", to: "h100" }]);
});

it("says which field of which tier changed, was set and is no longer set", () => {
  const [first, ...rest] = names();
  const changed = tierOf({
    ...first,
    timeouts: { connect: "2s", first_token: "5s", idle: "30s", total: "2m" },
    key: "env:KEY",
    enabled: false,
  });
  const { url: _url, ...withoutUrl } = changed;
  expect(diff(before, documentOf([chainOf({ tiers: [withoutUrl, ...rest] })]))).toEqual([
    { kind: "tier_off", chain: "practice", tier: "gpu" },
    { kind: "field", where: ["practice", "gpu"], field: "url", from: "practice://gpu", to: null },
    { kind: "field", where: ["practice", "gpu"], field: "timeouts.first_token", from: "15s", to: "5s" },
    { kind: "field", where: ["practice", "gpu"], field: "key", from: null, to: "env:KEY" },
  ]);
});

it("names chains that come, go and change, and the rest of the document", () => {
  const other = chainOf({ name: "chat", tiers: [] });
  const wider = documentOf([chainOf({ deadline: "30s" }), other]);
  const grown = { ...wider, alerts: { ...wider.alerts, desktop: false } };
  expect(diff(before, grown)).toEqual([
    { kind: "field", where: ["practice"], field: "deadline", from: "2m", to: "30s" },
    { kind: "chain_added", chain: "chat", tiers: "" },
    { kind: "field", where: [], field: "alerts.desktop", from: "true", to: "false" },
  ]);
  expect(diff(before, documentOf([]))).toEqual([
    { kind: "chain_removed", chain: "practice", tiers: "gpu, gpu-2, cpu" },
  ]);
});
