/** What the history of change-overs is narrowed to; kept in the address. */
import type { HistoryFilter } from "@/contract";
import { dayEnd, readDay } from "@/lib/local-input";

export const DIRECTIONS = ["all", "over", "back"] as const;
export const TRAFFIC = ["all", "real", "simulated"] as const;
/** How far back, in days; 0 is everything. */
export const SPANS = ["0", "1", "7", "30", "90"] as const;

export interface HistorySearch {
  q?: string;
  direction?: (typeof DIRECTIONS)[number];
  traffic?: (typeof TRAFFIC)[number];
  days?: (typeof SPANS)[number];
  /** The newest day shown, as a field for dates holds it. */
  until?: string;
}

/** Reads the address; what cannot be read, or is the default, is left out. */
export function readHistory(search: Record<string, unknown>): HistorySearch {
  const pick = <T extends string>(known: readonly T[], value: unknown) =>
    known.find((one, index) => index > 0 && one === String(value));
  const direction = pick(DIRECTIONS, search.direction);
  const traffic = pick(TRAFFIC, search.traffic);
  const days = pick(SPANS, search.days);
  const until = readDay(search.until);
  return {
    ...(typeof search.q === "string" && search.q !== "" ? { q: search.q } : {}),
    ...(direction ? { direction } : {}),
    ...(traffic ? { traffic } : {}),
    ...(days ? { days } : {}),
    ...(until ? { until } : {}),
  };
}

const DAY = 86_400_000;

/** The filter as the engine is asked; `today` is the start of the present day, so that the question stays the same. */
export function askedHistory(search: HistorySearch, today: number): HistoryFilter {
  const { direction = "all", traffic = "all", days = "0", q = "", until = "" } = search;
  return {
    chain: null,
    tier: null,
    direction: direction === "all" ? null : direction,
    cause: null,
    text: q.trim() || null,
    simulated: traffic === "all" ? null : traffic === "simulated",
    incident: null,
    from_ms: days === "0" ? null : today - (Number(days) - 1) * DAY,
    to_ms: dayEnd(until) ?? null,
  };
}
