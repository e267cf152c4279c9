import { expect, it } from "vitest";
import { askedHistory, readHistory } from "./filter";

it("leaves out of the address what narrows nothing or cannot be read", () => {
  expect(readHistory({})).toEqual({});
  expect(readHistory({ direction: "all", traffic: "some", days: "12", page: "3", q: "" })).toEqual({});
  const all = { q: "xid", direction: "over", traffic: "real", days: "7" };
  expect(readHistory(all)).toEqual(all);
  expect(readHistory({ days: 30 })).toEqual({ days: "30" });
});

it("asks for all up to the end of a day", () => {
  const search = readHistory({ until: "2025-06-30" });
  expect(search).toEqual({ until: "2025-06-30" });
  expect(askedHistory(search, 0).to_ms).toBe(new Date(2025, 6, 1).getTime());
  expect(readHistory({ until: "2025-13-40" })).toEqual({});
});

it("asks for whole days up to today", () => {
  const today = 1_000 * 86_400_000;
  expect(askedHistory({ days: "1" }, today).from_ms).toBe(today);
  expect(askedHistory({ days: "7", traffic: "real" }, today)).toMatchObject({
    from_ms: today - 6 * 86_400_000,
    simulated: false,
    direction: null,
  });
});
