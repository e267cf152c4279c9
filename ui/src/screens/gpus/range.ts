/** The ranges of the charts; the chosen one is kept in the address. */

/** How far back each range reaches and how often its figures are asked for, milliseconds. */
export const RANGES = {
  "1m": { reach: 60_000, every: 2_000 },
  "15m": { reach: 900_000, every: 5_000 },
  "1h": { reach: 3_600_000, every: 15_000 },
  "24h": { reach: 86_400_000, every: 60_000 },
  "7d": { reach: 604_800_000, every: 60_000 },
} as const;

/** A range's name. */
export type RangeName = keyof typeof RANGES;

/** The names in order of length. */
export const RANGE_NAMES = ["1m", "15m", "1h", "24h", "7d"] as const satisfies readonly RangeName[];

/** What the address says; fifteen minutes when it says nothing that can be read. */
export function readRange(search: Record<string, unknown>): RangeName {
  return RANGE_NAMES.find((name) => name === search.range) ?? "15m";
}
