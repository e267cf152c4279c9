/** Edits of runbooks: revisions of the configuration like any other. */
import { useQueryClient } from "@tanstack/react-query";
import type { Runbook } from "@/contract";
import { useDocument } from "@/state/document";

export function useRunbookEdits() {
  const client = useQueryClient();
  const { document, file, locked, put } = useDocument();
  const own = document?.runbooks ?? [];
  const set = (runbooks: Runbook[], note: string) =>
    put((document) => ({ ...document, runbooks }), note).finally(() =>
      client.invalidateQueries({ queryKey: ["runbooks"] }),
    );
  return {
    locked,
    file,
    /** Puts a runbook in the configuration, in the place of the one of its name. */
    save: (runbook: Runbook, note: string) =>
      set([...own.filter(({ name }) => name !== runbook.name), runbook], note),
    /** Takes a runbook out of the configuration; one of the program's own is as it came again. */
    remove: (name: string, note: string) =>
      set(
        own.filter((one) => one.name !== name),
        note,
      ),
  };
}
