/** What people do with an incident: told to the engine, and every list and page asked for again. */
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import type { IncidentAct } from "@/contract";
import type { HostError } from "@/host";
import { useCommand } from "@/state/rpc";

export function useAct(ids: readonly string[]) {
  const client = useQueryClient();
  const command = useCommand("incident.act");
  return {
    pending: command.isPending,
    /** Resolves to whether it was done; what was wrong goes to `land`, or is told in a toast. */
    act: (act: IncidentAct, land?: (error: HostError) => void): Promise<boolean> =>
      command
        .mutateAsync({ ids: [...ids], act })
        .then(() => true)
        .catch((error: HostError) => {
          if (land) land(error);
          else toast.error(error.message, { description: error.remedy });
          return false;
        })
        .finally(() => {
          for (const name of ["incidents", "incidents.older", "incidents.days"]) {
            void client.invalidateQueries({ queryKey: [name] });
          }
          // Whoever shows what was done meanwhile shows it until the page does.
          return client.invalidateQueries({ queryKey: ["incident"] });
        }),
  };
}
