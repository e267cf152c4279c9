/** The incidents that the filter asks for. */
import { useHost } from "@/host";
import { useRows } from "@/state/rows";
import { asked, type IncidentFilter } from "./filter";

/** As many of them as were scrolled to, and how many there are in all. */
export function useIncidents(filter: IncidentFilter) {
  const host = useHost();
  const wanted = asked(filter);
  return useRows("incidents", wanted, async (page) => {
    const { incidents, total } = await host.rpc("incidents", { offset: 0, filter: wanted, ...page });
    return { rows: incidents, total };
  });
}
