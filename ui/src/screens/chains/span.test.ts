import { expect, it } from "vitest";
import { parseSpan } from "./span";

it.each([
  ["500ms", 500],
  ["15s", 15_000],
  ["2m", 120_000],
  ["1m30s", 90_000],
  ["1h 30m", 5_400_000],
  ["0s", 0],
  ["30d", 30 * 86_400_000],
])("reads %s", (text, ms) => {
  // The engine writes no blanks; people do.
  expect(parseSpan(text.replace(" ", ""))).toBe(ms);
});

it.each(["", "15", "soon", "-1s", "1.5s", "31d", "5s later"])("refuses %j", (text) => {
  expect(parseSpan(text)).toBeNull();
});
