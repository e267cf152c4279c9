/** Which period a report is of; kept in the address. Times are milliseconds since the epoch. */
import type { ReportRequest } from "@/contract";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LENGTHS = { "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY } as const;

/** The periods on offer. */
export const PERIODS = ["24h", "7d", "30d", "90d", "1y", "custom"] as const;

/** What the address says. */
export interface ReportChoice {
  /** A length back from now, or `custom`. */
  period: (typeof PERIODS)[number];
  /** Simulated chains instead of real ones. */
  simulated: boolean;
  /** Start of a custom period. */
  from?: number;
  /** End of a custom period. */
  to?: number;
}

function time(value: unknown): number | undefined {
  const ms = Number(value);
  return value !== undefined && value !== "" && Number.isFinite(ms) && ms >= 0 ? Math.round(ms) : undefined;
}

/** Reads the choice from the address; what cannot be read is left at its default. */
export function readChoice(search: Record<string, unknown>): ReportChoice {
  const period = PERIODS.find((name) => name === search.period) ?? "7d";
  const simulated = search.simulated === true || search.simulated === "true";
  if (period !== "custom") return { period, simulated };
  const from = time(search.from);
  const to = time(search.to);
  return {
    period,
    simulated,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** The request a choice stands for; `null` while a custom period is incomplete or ends before it starts. */
export function toRequest(choice: ReportChoice, now: number): ReportRequest | null {
  if (choice.period !== "custom") {
    return { from_ms: now - LENGTHS[choice.period], to_ms: now, simulated: choice.simulated };
  }
  if (choice.from === undefined || choice.to === undefined || choice.from >= choice.to) return null;
  return { from_ms: choice.from, to_ms: choice.to, simulated: choice.simulated };
}
