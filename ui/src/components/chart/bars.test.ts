import { describe, expect, it } from "vitest";
import { axis, barAt, blocks, drawsTarget, total } from "./bars";

const bars = [
  { label: "one", parts: [1000, null, 3000, 0] },
  { label: "two", parts: [500, 500, 1000, 6000] },
];

describe("stacked bars", () => {
  it("stacks parts on one another and leaves out what was not measured", () => {
    const [first, second, ...rest] = blocks(bars, 10_000);
    expect(first).toMatchObject({ bar: 0, part: 0, y: 0, height: 0.1 });
    expect(second).toMatchObject({ bar: 0, part: 2, y: 0.1, height: 0.3 });
    expect(rest.map((block) => block.part)).toEqual([0, 1, 2, 3]);
    const top = rest.at(-1);
    expect((top?.y ?? 0) + (top?.height ?? 0)).toBeCloseTo(0.8);
  });

  it("keeps every bar within its slot", () => {
    for (const block of blocks(bars, 10_000)) {
      expect(block.x).toBeGreaterThanOrEqual(block.bar / 2);
      expect(block.x + block.width).toBeLessThanOrEqual((block.bar + 1) / 2);
    }
  });

  it("sums what was measured", () => {
    expect(bars.map(total)).toEqual([4000, 8000]);
  });

  it("fits every bar and the target under the axis, on a clock's steps", () => {
    expect(axis(bars, null)).toEqual({ top: 10_000, ticks: [0, 2000, 4000, 6000, 8000, 10_000] });
    expect(axis(bars, 20_000).top).toBeGreaterThan(20_000);
    expect(axis([{ label: "", parts: [240] }], null).ticks).toEqual([0, 100, 200, 300]);
    expect(axis([], null).top).toBeGreaterThan(0);
  });

  it("leave a far target out of the axis rather than be flattened by it", () => {
    expect(drawsTarget(bars, 24_000)).toBe(true);
    expect(drawsTarget(bars, 24_001)).toBe(false);
    expect(axis(bars, 30_000)).toEqual(axis(bars, null));
  });

  it("finds the bar under the pointer", () => {
    expect(barAt(4, 0.49)).toBe(1);
    expect(barAt(4, 1)).toBeNull();
    expect(barAt(0, 0.5)).toBeNull();
  });
});
