import { describe, expect, it } from "vitest";
import { finds, readSection } from "./sections";

describe("sections", () => {
  it("are read from the address", () => {
    expect(readSection({ section: "alerts" })).toEqual({ section: "alerts" });
    expect(readSection({ section: "secrets" })).toEqual({});
  });

  it("are found by every word of a query, in any order and case", () => {
    expect(finds("  ", "Alerts")).toBe(true);
    expect(finds("NOTIF desk", "Alerts desktop notification")).toBe(true);
    expect(finds("desktop keyring", "Alerts desktop notification")).toBe(false);
  });
});
