import { expect, it } from "vitest";
import { ago, duration, figure, percent } from "./format";

it.each([
  [null, "n/a"],
  [0, "0 ms"],
  [340.4, "340 ms"],
  [2_400, "2.4 s"],
  [48_000, "48 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
  [100 * 3_600_000, "4 d 4 h"],
])("writes %s ms as %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it.each([
  [0, "just now"],
  [14_000, "14 s ago"],
  [11 * 60_000 + 59_000, "11 min ago"],
  [26 * 3_600_000, "1 d ago"],
  [-12_000, "in 12 s"],
])("writes %s ms before now as %s", (past, text) => {
  expect(ago(1_000_000_000 - past, 1_000_000_000)).toBe(text);
});

it("says n/a for what is not known, and zero for zero", () => {
  expect(percent(null)).toBe("n/a");
  expect(percent(0)).toBe("0 %");
  expect(percent(0.99954, 2)).toBe("99.95 %");
  expect(figure(undefined)).toBe("n/a");
});
