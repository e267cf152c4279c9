import { expect, it } from "vitest";
import { type Choices, command } from "./orders";

const choices: Choices = { why: "drill", only: false, pin: "15m", window: "1h" };

it("turns each act into its command", () => {
  const at = (act: Parameters<typeof command>[0], over: Partial<Choices> = {}) =>
    command(act, { ...choices, ...over }, 1_000);
  expect(at({ kind: "pin", chain: "c", tier: "t" })).toEqual({
    name: "order.pin",
    request: { chain: "c", tier: "t", only: false, for_ms: 900_000, why: "drill" },
  });
  expect(at({ kind: "pin", chain: "c", tier: "t" }, { pin: "forever", only: true }).request).toMatchObject({
    for_ms: null,
    only: true,
  });
  expect(at({ kind: "drain", chain: "c", tier: "t" }).request).toMatchObject({ to: "drain", replica: null });
  expect(at({ kind: "maintenance", chain: "c", tier: null }).request).toMatchObject({
    tier: null,
    to_ms: 3_601_000,
  });
  expect(at({ kind: "end", id: 4, chain: "c", tier: null })).toMatchObject({ request: { id: 4 } });
  expect(at({ kind: "retire", model: "m" })).toEqual({
    name: "order.retire",
    request: { model: "m", why: "drill" },
  });
  const replica = { kind: "disable", chain: "c", tier: "t", replica: "c/t/1" } as const;
  expect(at(replica).request).toMatchObject({ to: "disable", replica: "c/t/1" });
});

it("plans a maintenance window for later, and begins one whose time has passed now", () => {
  const window = (from: number | undefined) =>
    command({ kind: "maintenance", chain: "c", tier: "t" }, { ...choices, window: "4h", from }, 10_000)
      .request;
  expect(window(3_600_000)).toMatchObject({ from_ms: 3_600_000, to_ms: 5 * 3_600_000 });
  for (const now of [undefined, 9_000])
    expect(window(now)).toMatchObject({ from_ms: null, to_ms: 14_410_000 });
});
