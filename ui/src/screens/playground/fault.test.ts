import { expect, it } from "vitest";
import { boundsOf, kinds, readFault, usualNumber } from "./fault";

it("sends each kind with its usual number", () => {
  const sent = kinds.map((kind) => readFault({ kind, tier: null, number: usualNumber(kind) }));
  expect(sent).toEqual([
    { tier: null, kind: "refused" },
    { tier: null, kind: "silent" },
    { tier: null, kind: "slow", ms: 2000 },
    { tier: null, kind: "status", status: 503 },
    { tier: null, kind: "rate_limited", retry_after_s: 30 },
    { tier: null, kind: "cut", frames: 3 },
    { tier: null, kind: "stalled", frames: 3 },
    { tier: null, kind: "garbage" },
  ]);
});

it("takes the ends of each range and nothing beyond", () => {
  for (const kind of kinds) {
    const bounds = boundsOf(kind);
    if (!bounds) continue;
    const read = (number: string) => readFault({ kind, tier: "gpu", number });
    for (const good of [bounds.least, bounds.most])
      expect(read(` ${good} `)).toMatchObject({ [bounds.field]: good });
    for (const bad of [`${bounds.least - 1}`, `${bounds.most + 1}`, "", "1.5", "1e2", "x"])
      expect(read(bad)).toBeUndefined();
  }
});
