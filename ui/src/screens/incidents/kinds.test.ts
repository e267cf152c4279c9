import { describe, expect, it } from "vitest";
import type { TimelineEntry } from "@/contract";
import { countKinds, kindOf, readKind } from "./kinds";

const entry = (kind: string): TimelineEntry => ({
  id: "1",
  at_ms: 0,
  kind,
  text: "",
  actor: null,
  earlier: [],
});

describe("kinds of the timeline", () => {
  it("are counted, leaving out those that do not occur", () => {
    expect(countKinds([entry("probe"), entry("note"), entry("probe")])).toEqual([
      { kind: "probe", count: 2 },
      { kind: "note", count: 1 },
    ]);
  });

  it("show an unknown one as a state", () => {
    expect(kindOf(entry("from_the_future"))).toBe("state");
  });

  it("are read from the address", () => {
    expect(readKind({ kind: "alert" })).toEqual({ kind: "alert" });
    expect(readKind({ kind: "nonsense" })).toEqual({});
  });
});
