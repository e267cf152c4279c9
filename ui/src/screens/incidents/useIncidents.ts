/**
 * The page of incidents that the filter asks for. The engine pages without filters, so that an unfiltered list is
 * asked for page by page; a filtered one is narrowed down here, among the newest 500.
 */
import { keepPreviousData } from "@tanstack/react-query";
import { useRpc } from "@/state/rpc";
import { type IncidentFilter, matches, PAGE_SIZE } from "./filter";

/** The most that the engine gives at once. */
export const NEWEST = 500;

/** The rows to show and how many there are in all. */
export function useIncidents(filter: IncidentFilter) {
  const filtered = filter.state !== "all" || filter.traffic !== "all";
  const skip = (filter.page - 1) * PAGE_SIZE;
  const request = filtered
    ? { limit: NEWEST, offset: 0, filter: null }
    : { limit: PAGE_SIZE, offset: skip, filter: null };
  const { data, error, refetch } = useRpc("incidents", request, { placeholderData: keepPreviousData });
  if (data === undefined) return { error, refetch, page: undefined };
  const matching = filtered ? data.incidents.filter((incident) => matches(incident, filter)) : data.incidents;
  return {
    error,
    refetch,
    page: {
      rows: filtered ? matching.slice(skip, skip + PAGE_SIZE) : matching,
      total: filtered ? matching.length : data.total,
      skip,
      recorded: data.total,
      cut: filtered && data.total > NEWEST,
    },
  };
}
