import { expect, it } from "vitest";
import { fromLocal, toLocal } from "./local-time";

it("survives the way to text and back, to the millisecond", () => {
  const at = new Date(2026, 10, 20, 14, 3, 27, 41).getTime();
  expect(toLocal(at)).toBe("2026-11-20 14:03:27.041");
  expect(fromLocal(toLocal(at))).toBe(at);
  expect(fromLocal("2026-11-20 14:03")).toBe(new Date(2026, 10, 20, 14, 3).getTime());
});

it("takes no day that the calendar does not have", () => {
  expect(fromLocal("2026-02-31 10:00")).toBeNull();
  expect(fromLocal("yesterday")).toBeNull();
});
