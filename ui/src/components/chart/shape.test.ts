import { describe, expect, it } from "vitest";
import type { Series } from "@/contract";
import {
  extent,
  isEmpty,
  nearestMark,
  newest,
  rowsOf,
  shapeKey,
  toColumns,
  unitsOf,
  valueRange,
  valueText,
} from "./shape";

const series: Series = {
  at_ms: [1000, 2000, 3000],
  lines: [
    { name: "GPU 0", unit: "%", values: [10, null, 30] },
    { name: "GPU 1", unit: "W", values: [null, null, null] },
  ],
  marks: [
    { at_ms: 1500, label: "gpu to laptop" },
    { at_ms: 2600, label: "laptop to gpu" },
  ],
};

describe("series for a chart", () => {
  it("keeps times in ms and gaps as gaps", () => {
    expect(toColumns(series)).toEqual([
      [1000, 2000, 3000],
      [10, null, 30],
      [null, null, null],
    ]);
  });

  it("changes its key with names and units, not with values", () => {
    const fed = { ...series, at_ms: [1], lines: series.lines.map((line) => ({ ...line, values: [1] })) };
    expect(shapeKey(fed)).toBe(shapeKey(series));
    const [first, second] = series.lines;
    if (!first || !second) throw new Error("two lines");
    expect(shapeKey({ ...series, lines: [first, { ...second, unit: "MiB" }] })).not.toBe(shapeKey(series));
  });

  it("names each unit once", () => {
    expect(unitsOf(series)).toEqual(["%", "W"]);
  });

  it("is empty only when nothing was measured", () => {
    expect(isEmpty(series)).toBe(false);
    expect(isEmpty({ ...series, lines: series.lines.slice(1) })).toBe(true);
    expect(isEmpty({ at_ms: [], lines: [], marks: [] })).toBe(true);
  });

  it("looks past gaps for the newest value and the extent", () => {
    expect(newest([4, 7, null])).toBe(7);
    expect(newest([null])).toBeNull();
    expect(extent([null, 3, 9, 5, null])).toEqual({ min: 3, max: 9, last: 5 });
    expect(extent([null])).toBeNull();
  });
});

describe("the value axis", () => {
  it("shows percentages from 0 to 100", () => {
    expect(valueRange("%", 40, 60)).toEqual([0, 100]);
    expect(valueRange("%", 40, 120)).toEqual([0, 120]);
  });

  it("starts at zero and leaves room above", () => {
    const [bottom, top] = valueRange("W", 50, 200);
    expect(bottom).toBe(0);
    expect(top).toBeCloseTo(220);
  });

  it("has a range even without values", () => {
    expect(valueRange("ms", null, null)).toEqual([0, 1]);
    expect(valueRange("ms", 0, 0)).toEqual([0, 1]);
  });
});

describe("marks under the cursor", () => {
  it("finds the nearest within reach", () => {
    expect(nearestMark(series.marks, 2500, 200)?.label).toBe("laptop to gpu");
    expect(nearestMark(series.marks, 2000, 700)?.label).toBe("gpu to laptop");
    expect(nearestMark(series.marks, 2000, 100)).toBeNull();
  });
});

describe("the table", () => {
  it("starts at the newest point and thins evenly", () => {
    const long = { ...series, at_ms: Array.from({ length: 100 }, (_, index) => index) };
    expect(rowsOf(long, 30)).toHaveLength(25);
    expect(rowsOf(long, 30).slice(0, 3)).toEqual([99, 95, 91]);
    expect(rowsOf(series, 30)).toEqual([2, 1, 0]);
  });
});

describe("values in words", () => {
  it("carries the unit and as many digits as its size deserves", () => {
    expect(valueText(81_559, "MiB")).toBe("81,559 MiB");
    expect(valueText(7.253, "ms")).toBe("7.25 ms");
    expect(valueText(42.26, "%")).toBe("42.3 %");
    expect(valueText(3, "/s")).toBe("3/s");
    expect(valueText(null, "W")).toBe("n/a");
  });
});
