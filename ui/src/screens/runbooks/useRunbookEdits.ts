/** Edits of runbooks: revisions of the configuration like any other. */
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import type { Runbook } from "@/contract";
import { useCommand, useRpc } from "@/state/rpc";

export function useRunbookEdits() {
  const client = useQueryClient();
  const config = useRpc("config.get", null);
  const apply = useCommand("config.apply");
  const page = config.data;
  const put = (runbooks: Runbook[], note: string): Promise<boolean> => {
    if (page === undefined) return Promise.resolve(false);
    const document = { ...page.document, runbooks };
    return apply
      .mutateAsync({ document, expected_revision: page.revision, note })
      .then(() => true)
      .catch((error) => {
        const first = error.problems[0];
        toast.error(first ? first.what : error.message, { description: first?.remedy ?? error.remedy });
        return false;
      })
      .finally(() => {
        void client.invalidateQueries({ queryKey: ["config.get"] });
        void client.invalidateQueries({ queryKey: ["runbooks"] });
      });
  };
  const own = page?.document.runbooks ?? [];
  return {
    locked: page === undefined || page.file !== null || apply.isPending,
    file: page?.file ?? null,
    /** Puts a runbook in the configuration, in the place of the one of its name. */
    save: (runbook: Runbook, note: string) =>
      put([...own.filter(({ name }) => name !== runbook.name), runbook], note),
    /** Takes a runbook out of the configuration; one of the program's own is as it came again. */
    remove: (name: string, note: string) =>
      put(
        own.filter((one) => one.name !== name),
        note,
      ),
  };
}
