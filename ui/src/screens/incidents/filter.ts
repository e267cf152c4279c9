/** What the list of incidents is narrowed to; kept in the address, so that a view can be shared and returned to. */

import type { IncidentFilter as Asked, IncidentSeverity, IncidentState } from "@/contract";
import { INCIDENT_KINDS } from "@/lib/incident-kinds";
import { dayEnd, readDay } from "@/lib/local-input";

const STATES = ["open", "acknowledged", "closed"] as const satisfies readonly IncidentState[];

/** Which incidents by state; `active` is open or acknowledged. */
export const STATE_FILTERS = ["all", "active", ...STATES] as const;

/** Which incidents by where they come from. */
export const KIND_FILTERS = ["all", "real", "simulated"] as const;

/** Which incidents by severity. */
export const SEVERITY_FILTERS = ["all", "P0", "P1", "P2", "P3"] as const satisfies readonly (
  | IncidentSeverity
  | "all"
)[];

/** Which incidents by what they are about. */
export const ABOUT_FILTERS = ["all", ...INCIDENT_KINDS] as const;

/** What the address says. */
export interface IncidentFilter {
  /** By state. */
  state: (typeof STATE_FILTERS)[number];
  /** Real chains, simulated ones, or both. */
  traffic: (typeof KIND_FILTERS)[number];
  /** By severity. */
  severity: (typeof SEVERITY_FILTERS)[number];
  /** By what they are about. */
  about: (typeof ABOUT_FILTERS)[number];
  /** With this text in title, cause, chain or tier. */
  q: string;
  /** Those that began on this day alone: its start, milliseconds; 0 for any. */
  day: number;
  /** The newest day shown, as a field for dates holds it; empty for today. */
  until: string;
}

/** The filter that narrows nothing. */
export const NO_FILTER: IncidentFilter = {
  state: "all",
  traffic: "all",
  severity: "all",
  about: "all",
  q: "",
  day: 0,
  until: "",
};

/** Reads the filter from the address; what cannot be read is left at its default. */
export function readFilter(search: Record<string, unknown>): IncidentFilter {
  const day = Number(search.day);
  return {
    state: STATE_FILTERS.find((state) => state === search.state) ?? "all",
    traffic: KIND_FILTERS.find((kind) => kind === search.traffic) ?? "all",
    severity: SEVERITY_FILTERS.find((severity) => severity === search.severity) ?? "all",
    about: ABOUT_FILTERS.find((about) => about === search.about) ?? "all",
    q: typeof search.q === "string" ? search.q : "",
    day: Number.isInteger(day) && day > 0 ? day : 0,
    until: readDay(search.until),
  };
}

/** What goes into the address: only what differs from the defaults. */
export function writeFilter(filter: IncidentFilter): Partial<IncidentFilter> {
  const entries = Object.entries(filter).filter(
    ([name, value]) => value !== NO_FILTER[name as keyof IncidentFilter],
  );
  return Object.fromEntries(entries);
}

const DAY = 86_400_000;

/** The filter as the engine is asked. */
export function asked(filter: IncidentFilter): Asked {
  const states: IncidentState[] =
    filter.state === "all" ? [] : filter.state === "active" ? ["open", "acknowledged"] : [filter.state];
  return {
    states,
    severities: filter.severity === "all" ? [] : [filter.severity],
    kinds: filter.about === "all" ? [] : [filter.about],
    chain: null,
    tier: null,
    text: filter.q.trim() || null,
    simulated: filter.traffic === "all" ? null : filter.traffic === "simulated",
    from_ms: filter.day || null,
    to_ms: filter.day ? filter.day + DAY : (dayEnd(filter.until) ?? null),
  };
}
