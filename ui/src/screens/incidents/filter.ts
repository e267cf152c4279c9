/** What the list of incidents is narrowed to; kept in the address, so that a view can be shared and returned to. */
import type { Incident, IncidentState } from "@/contract";

/** Rows on a page. */
export const PAGE_SIZE = 50;

const STATES = ["open", "acknowledged", "closed"] as const satisfies readonly IncidentState[];

/** Which incidents by state; `active` is open or acknowledged. */
export const STATE_FILTERS = ["all", "active", ...STATES] as const;

/** Which incidents by where they come from. */
export const KIND_FILTERS = ["all", "real", "simulated"] as const;

/** What the address says. */
export interface IncidentFilter {
  /** By state. */
  state: (typeof STATE_FILTERS)[number];
  /** Real chains, simulated ones, or both. */
  traffic: (typeof KIND_FILTERS)[number];
  /** The page, from 1. */
  page: number;
}

/** Reads the filter from the address; what cannot be read is left at its default. */
export function readFilter(search: Record<string, unknown>): IncidentFilter {
  const page = Number(search.page);
  return {
    state: STATE_FILTERS.find((state) => state === search.state) ?? "all",
    traffic: KIND_FILTERS.find((kind) => kind === search.traffic) ?? "all",
    page: Number.isInteger(page) && page >= 1 ? page : 1,
  };
}

/** What goes into the address: only what differs from the defaults. */
export function writeFilter(filter: IncidentFilter): Partial<IncidentFilter> {
  return {
    ...(filter.state === "all" ? {} : { state: filter.state }),
    ...(filter.traffic === "all" ? {} : { traffic: filter.traffic }),
    ...(filter.page === 1 ? {} : { page: filter.page }),
  };
}

/** Whether an incident is among those asked for. */
export function matches(incident: Incident, filter: IncidentFilter): boolean {
  const state =
    filter.state === "all" ||
    (filter.state === "active" ? incident.state !== "closed" : incident.state === filter.state);
  const traffic = filter.traffic === "all" || incident.simulated === (filter.traffic === "simulated");
  return state && traffic;
}
