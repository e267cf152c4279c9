import { expect, it } from "vitest";
import type { ChainView, Incident } from "@/contract";
import { orderFor } from "./step-order";

const chains = [
  {
    name: "chat",
    tiers: [
      { name: "gpu", model: "llama", replicas: [{ in_flight: 2 }, { in_flight: 1 }] },
      { name: "cpu", model: "tiny", replicas: [] },
    ],
  },
] as unknown as ChainView[];
const incident = (over: Partial<Incident>) =>
  ({ chain: "chat", tier: "gpu", kind: "outage", answered_by: null, ...over }) as Incident;

it("acts upon the incident's tier, and pins the one that took over", () => {
  expect(orderFor("drain", incident({}), chains)).toEqual({
    kind: "drain",
    chain: "chat",
    tier: "gpu",
    running: 3,
  });
  expect(orderFor("pin", incident({ answered_by: "cpu" }), chains)).toEqual({
    kind: "pin",
    chain: "chat",
    tier: "cpu",
  });
  expect(orderFor("failover", incident({}), chains)).toEqual({ kind: "failover", chain: "chat" });
  expect(orderFor("retire", incident({}), chains)).toEqual({ kind: "retire", model: "llama" });
  expect(orderFor("drain", incident({ tier: "cost of cpu", kind: "cost" }), chains)).toMatchObject({
    tier: "cpu",
  });
  expect(
    orderFor("unretire", incident({ kind: "safety", chain: "all chains", tier: "bad" }), chains),
  ).toEqual({ kind: "unretire", model: "bad" });
});

it("offers nothing where there is nothing to act upon", () => {
  expect(orderFor("pin", incident({}), chains)).toBeNull();
  expect(orderFor("drain", incident({ tier: "all tiers" }), chains)).toBeNull();
  expect(orderFor("failover", incident({ chain: "gone" }), chains)).toBeNull();
  expect(orderFor("explode", incident({}), chains)).toBeNull();
});
