import { describe, expect, it } from "vitest";
import { asked, NO_FILTER, readFilter, writeFilter } from "./filter";

describe("the filter in the address", () => {
  it("falls back to the defaults for what it cannot read", () => {
    expect(readFilter({})).toEqual(NO_FILTER);
    const odd = { state: "burning", traffic: 7, severity: "P9", about: 1, q: 3, day: "x", until: 5 };
    expect(readFilter(odd)).toEqual(NO_FILTER);
  });

  it("survives the way to the address and back", () => {
    const filter = {
      ...NO_FILTER,
      state: "active",
      traffic: "simulated",
      q: "xid",
      severity: "P1",
    } as const;
    expect(readFilter(writeFilter(filter))).toEqual(filter);
    expect(readFilter(JSON.parse(JSON.stringify(writeFilter(filter))))).toEqual(filter);
  });

  it("leaves the defaults out of the address", () => {
    expect(writeFilter(NO_FILTER)).toEqual({});
  });
});

describe("asking the engine", () => {
  it("takes open and acknowledged incidents for active", () => {
    expect(asked(readFilter({ state: "active" })).states).toEqual(["open", "acknowledged"]);
    expect(asked(NO_FILTER)).toMatchObject({
      states: [],
      severities: [],
      kinds: [],
      simulated: null,
      text: null,
    });
  });

  it("never mixes real and simulated when one of them is asked for", () => {
    expect(asked(readFilter({ traffic: "real" })).simulated).toBe(false);
    expect(asked(readFilter({ traffic: "simulated" })).simulated).toBe(true);
  });

  it("asks for all up to the end of a day, as the clock here has it", () => {
    expect(asked(readFilter({ until: "2025-03-30" })).to_ms).toBe(new Date(2025, 2, 31).getTime());
    expect(asked(readFilter({ until: "30.3.2025" })).to_ms).toBeNull();
  });

  it("asks for one day from its start to its end", () => {
    expect(asked({ ...NO_FILTER, day: 1000 })).toMatchObject({ from_ms: 1000, to_ms: 86_401_000 });
  });
});
