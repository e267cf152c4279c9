import { describe, expect, it } from "vitest";
import { duration, milestones, withoutAnswer } from "./milestones";

const times = {
  began_ms: 1000,
  detected_ms: 1200,
  assessed_ms: 1250,
  failed_over_ms: 1700,
  restored_ms: 9000,
};

describe("milestones", () => {
  it("are told apart by the time since the one before", () => {
    expect(milestones(times, 9000).map(({ name, since }) => [name, since])).toEqual([
      ["began", null],
      ["detected", 200],
      ["assessed", 50],
      ["failed_over", 450],
      ["restored", 7300],
      ["closed", 0],
    ]);
  });

  it("stay absent until they have happened, and are measured past those that have not", () => {
    const open = milestones({ ...times, assessed_ms: null, restored_ms: null }, null);
    expect(open.map(({ name, at, since }) => [name, at, since])).toEqual([
      ["began", 1000, null],
      ["detected", 1200, 200],
      ["assessed", null, null],
      ["failed_over", 1700, 500],
      ["restored", null, null],
      ["closed", null, null],
    ]);
  });

  it("come in the order they were reached", () => {
    const swapped = milestones({ ...times, assessed_ms: 1700, failed_over_ms: 1250 }, 9000);
    expect(swapped.map(({ name }) => name)).toEqual([
      "began",
      "detected",
      "failed_over",
      "assessed",
      "restored",
      "closed",
    ]);
    expect(swapped.every(({ since }) => since === null || since >= 0)).toBe(true);
  });
});

it("tells of a fault that was closed by hand before its tier was back", () => {
  const closed = milestones({ ...times, restored_ms: null }, 2000);
  expect(closed.slice(-2).map(({ name, at, since }) => [name, at, since])).toEqual([
    ["restored", null, null],
    ["closed", 2000, 300],
  ]);
});

describe("durations of an incident", () => {
  it("run until now while it goes on", () => {
    expect(duration(times, 50_000)).toBe(8000);
    expect(duration({ ...times, restored_ms: null }, 50_000)).toBe(49_000);
  });

  it("count the time without an answer up to the first good one elsewhere", () => {
    expect(withoutAnswer(times)).toBe(700);
    expect(withoutAnswer({ ...times, failed_over_ms: null })).toBe(8000);
    expect(withoutAnswer({ ...times, failed_over_ms: null, restored_ms: null })).toBeNull();
  });
});
