/** The page of incidents that the filter asks for. */
import { keepPreviousData } from "@tanstack/react-query";
import { useRpc } from "@/state/rpc";
import { asked, type IncidentFilter, PAGE_SIZE } from "./filter";

/** The rows to show and how many there are in all. */
export function useIncidents(filter: IncidentFilter) {
  const skip = (filter.page - 1) * PAGE_SIZE;
  const request = { limit: PAGE_SIZE, offset: skip, filter: asked(filter) };
  const { data, error, refetch } = useRpc("incidents", request, { placeholderData: keepPreviousData });
  return {
    error,
    refetch,
    page: data && { rows: data.incidents, total: data.total, skip },
  };
}
