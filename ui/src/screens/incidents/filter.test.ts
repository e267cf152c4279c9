import { describe, expect, it } from "vitest";
import type { Incident } from "@/contract";
import { matches, readFilter, writeFilter } from "./filter";

const incident = (state: Incident["state"], simulated: boolean) => ({ state, simulated }) as Incident;

describe("the filter in the address", () => {
  it("falls back to the defaults for what it cannot read", () => {
    const all = { state: "all", traffic: "all", page: 1 };
    expect(readFilter({})).toEqual(all);
    expect(readFilter({ state: "burning", traffic: 7, page: "-2" })).toEqual(all);
    expect(readFilter({ page: "1.5" }).page).toBe(1);
  });

  it("survives the way to the address and back", () => {
    const filter = { state: "active", traffic: "simulated", page: 3 } as const;
    expect(readFilter(writeFilter(filter))).toEqual(filter);
    expect(readFilter(JSON.parse(JSON.stringify(writeFilter(filter))))).toEqual(filter);
  });

  it("leaves the defaults out of the address", () => {
    expect(writeFilter({ state: "all", traffic: "all", page: 1 })).toEqual({});
  });
});

describe("matching", () => {
  it("takes open and acknowledged incidents for active", () => {
    const active = readFilter({ state: "active" });
    expect(matches(incident("open", false), active)).toBe(true);
    expect(matches(incident("acknowledged", true), active)).toBe(true);
    expect(matches(incident("closed", false), active)).toBe(false);
  });

  it("never mixes real and simulated when one of them is asked for", () => {
    expect(matches(incident("open", true), readFilter({ traffic: "real" }))).toBe(false);
    expect(matches(incident("open", true), readFilter({ traffic: "simulated" }))).toBe(true);
    expect(matches(incident("closed", false), readFilter({ traffic: "simulated" }))).toBe(false);
  });
});
