import { expect, it } from "vitest";
import { preciseMoment, preciseTime } from "./clock";

const at = new Date(2026, 10, 20, 0, 3, 7, 42).getTime();

it("tells milliseconds apart", () => {
  expect(preciseTime(at)).toBe("00:03:07.042");
  expect(preciseTime(at + 1)).toBe("00:03:07.043");
});

it("names day, millisecond and zone", () => {
  expect(preciseMoment(at)).toMatch(/2026/);
  expect(preciseMoment(at)).toMatch(/00:03:07[.,]042/);
});
