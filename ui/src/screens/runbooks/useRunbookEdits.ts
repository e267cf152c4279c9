/** Edits of runbooks: revisions of the configuration like any other. */
import { useQueryClient } from "@tanstack/react-query";
import type { Problem, Runbook } from "@/contract";
import { useDocument } from "@/state/document";

export function useRunbookEdits() {
  const client = useQueryClient();
  const { document, file, locked, error, put } = useDocument();
  const own = document?.runbooks ?? [];
  const set = (runbooks: Runbook[], note: string, land?: (problems: Problem[]) => void) =>
    put((document) => ({ ...document, runbooks }), note, land).finally(() =>
      client.invalidateQueries({ queryKey: ["runbooks"] }),
    );
  return {
    locked,
    file,
    /** Why nothing could be saved, where nothing that was written is wrong. */
    error,
    /** Puts a runbook in the configuration, as the last, in the place of the one of its name. What is wrong goes to `land`. */
    save: (runbook: Runbook, note: string, land: (problems: Problem[]) => void) =>
      set([...own.filter(({ name }) => name !== runbook.name), runbook], note, land),
    /** Takes a runbook out of the configuration; one of the program's own is as it came again. */
    remove: (name: string, note: string) =>
      set(
        own.filter((one) => one.name !== name),
        note,
      ),
  };
}
