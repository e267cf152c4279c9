import { expect, it } from "vitest";
import { clockTime, preciseMoment, preciseTime } from "./clock";

const at = new Date(2026, 10, 20, 0, 3, 7, 42).getTime();

it("keeps to 24 hours", () => {
  expect(clockTime(at)).toBe("00:03:07");
  expect(clockTime(at + 13 * 3_600_000)).toBe("13:03:07");
});

it("tells milliseconds apart", () => {
  expect(preciseTime(at)).toBe("00:03:07.042");
  expect(preciseTime(at + 1)).toBe("00:03:07.043");
});

it("names day, millisecond and zone", () => {
  expect(preciseMoment(at)).toMatch(/2026/);
  expect(preciseMoment(at)).toMatch(/00:03:07[.,]042/);
});
