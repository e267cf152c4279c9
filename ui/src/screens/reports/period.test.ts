import { describe, expect, it } from "vitest";
import { fromLocalInput, toLocalInput } from "@/lib/local-input";
import { readChoice, toRequest } from "./period";

const NOW = 1_800_000_000_000;

describe("the period in the address", () => {
  it("is the last seven days of real traffic by default", () => {
    expect(readChoice({})).toEqual({ period: "7d", simulated: false });
    expect(readChoice({ period: "ever", simulated: "perhaps" })).toEqual({ period: "7d", simulated: false });
  });

  it("keeps from and to for a custom period alone", () => {
    expect(readChoice({ period: "24h", from: 1, to: 2 })).toEqual({ period: "24h", simulated: false });
    expect(readChoice({ period: "custom", from: "1000", to: 2000, simulated: "true" })).toEqual({
      period: "custom",
      simulated: true,
      from: 1000,
      to: 2000,
    });
    expect(readChoice({ period: "custom", from: "soon" })).toEqual({ period: "custom", simulated: false });
  });
});

describe("the request", () => {
  it("reaches back from now", () => {
    expect(toRequest({ period: "1y", simulated: false }, NOW)?.from_ms).toBe(NOW - 365 * 86_400_000);
    expect(toRequest({ period: "24h", simulated: true }, NOW)).toEqual({
      from_ms: NOW - 86_400_000,
      to_ms: NOW,
      simulated: true,
    });
  });

  it("waits for a whole custom period", () => {
    expect(toRequest({ period: "custom", simulated: false, from: 5 }, NOW)).toBeNull();
    expect(toRequest({ period: "custom", simulated: false, from: 5, to: 5 }, NOW)).toBeNull();
    expect(toRequest({ period: "custom", simulated: false, from: 5, to: 6 }, NOW)).toEqual({
      from_ms: 5,
      to_ms: 6,
      simulated: false,
    });
  });
});

describe("date fields", () => {
  it("hold a time to the minute, in the local zone", () => {
    const minute = Math.floor(NOW / 60_000) * 60_000;
    expect(fromLocalInput(toLocalInput(NOW))).toBe(minute);
    expect(fromLocalInput("")).toBeUndefined();
  });
});
