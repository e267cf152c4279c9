import { expect, it } from "vitest";
import type { Recovery } from "@/contract";
import { dotsOf, heightOf, ticksOf, timeTicks, topOf } from "./scatter";

const recovery = (id: string, began_ms: number, service_ms: number | null) =>
  ({
    incident: { id, times: { began_ms } },
    service_ms,
    within_target: service_ms === null ? null : service_ms <= 30_000,
  }) as Recovery;

it("places each recovery by its time and, ten times longer each step, by its duration", () => {
  const recoveries = [recovery("1", 0, 10), recovery("2", 500, 40_000), recovery("3", 900, null)];
  const top = topOf(recoveries, 30_000);
  expect(top).toBe(80_000);
  const dots = dotsOf(recoveries, 0, 1_000, top);
  expect(dots.map(({ id, x, held }) => [id, x, held])).toEqual([
    ["1", 0, true],
    ["2", 0.5, false],
  ]);
  expect(dots[0]?.y).toBe(0);
  expect(heightOf(1_000, top) - heightOf(100, top)).toBeCloseTo(heightOf(10_000, top) - heightOf(1_000, top));
  expect(heightOf(0, top)).toBe(0);
  expect(ticksOf(top)).toEqual([10, 100, 1_000, 10_000, 60_000]);
});

it("names whole days, and whole hours of a short period", () => {
  const from = new Date(2026, 10, 18, 20, 41).getTime();
  const week = timeTicks(from, from + 7 * 86_400_000, 9);
  expect(week.day).toBe(true);
  expect(week.ticks.map((at) => new Date(at).getDate())).toEqual([19, 20, 21, 22, 23, 24, 25]);
  const short = timeTicks(from, from + 6 * 3_600_000, 3);
  expect(short.ticks.map((at) => new Date(at).getHours())).toEqual([21, 23, 1]);
  expect(timeTicks(from, from + 365 * 86_400_000, 6).ticks.length).toBeLessThanOrEqual(7);
});
