import { describe, expect, it } from "vitest";
import type { Incident, Recovery, Report } from "@/contract";
import { failovers, holdsNothing, MOST_BARS, share, toBars, valuesBehind } from "./shape";

function recovery(id: number, restored: number | null): Recovery {
  const times = {
    began_ms: 0,
    detected_ms: 100,
    assessed_ms: 150,
    failed_over_ms: 400,
    restored_ms: restored,
  };
  return {
    incident: { id: String(id), times, rto_ms: restored } as Incident,
    detect_ms: 100,
    assess_ms: 50,
    fail_over_ms: 250,
    restore_ms: restored === null ? null : restored - 400,
    service_ms: 400,
    within_target: true,
  };
}

const report = (over: Partial<Report>) =>
  ({ requests: 0, recoveries: [], by_cause: [], definitions: [], ...over }) as unknown as Report;

describe("recoveries as bars", () => {
  it("run from the oldest to the newest, with all their parts", () => {
    const bars = toBars([recovery(2, null), recovery(1, 5000)], "whole");
    expect(bars).toEqual([
      { label: "#1", parts: [100, 50, 250, 4600] },
      { label: "#2", parts: [100, 50, 250, null] },
    ]);
  });

  it("leave out the restoration when held against the target", () => {
    expect(toBars([recovery(1, 5000)], "service")).toEqual([{ label: "#1", parts: [100, 50, 250] }]);
  });

  it("keep to the newest when there are too many to tell apart", () => {
    const many = Array.from({ length: MOST_BARS + 5 }, (_, index) => recovery(MOST_BARS + 5 - index, 1000));
    const bars = toBars(many, "whole");
    expect(bars).toHaveLength(MOST_BARS);
    expect(bars.at(-1)?.label).toBe(`#${MOST_BARS + 5}`);
  });
});

describe("the values behind the means", () => {
  it("come from closed incidents alone", () => {
    const values = valuesBehind(report({ recoveries: [recovery(2, null), recovery(1, 5000)] }));
    expect(values).toEqual({ mttd: [100], mtta: [50], mttr: [5000] });
  });
});

it("gives a percentage no more decimals than its requests bear", () => {
  const shown = (requests: number) => share(0.987_65, requests);
  expect([34, 999, 1_000, 99_999, 100_000].map(shown)).toEqual([
    "98.7 %",
    "98.7 %",
    "98.76 %",
    "98.76 %",
    "98.765 %",
  ]);
  expect(share(null, 5)).toBe("n/a");
});

it("says 100 % only of requests that were all answered", () => {
  expect(share(1, 34)).toBe("100 %");
  expect(share(0.999_999_9, 10_000_000)).toBe("99.999 %");
  expect(share(0.57, 100)).toBe("57 %");
});

describe("a period", () => {
  it("holds nothing only without requests, incidents and change-overs", () => {
    expect(holdsNothing(report({}))).toBe(true);
    expect(holdsNothing(report({ requests: 1 }))).toBe(false);
    expect(holdsNothing(report({ by_cause: [{ cause: "refused", count: 1 }] }))).toBe(false);
  });

  it("counts its change-overs over all causes", () => {
    const by_cause = [
      { cause: "refused", count: 2 },
      { cause: "rate_limited", count: 3 },
    ];
    expect(failovers(report({ by_cause }))).toBe(5);
  });
});
