/** Edits of the configuration that need no draft: each is a revision of its own. */
import { useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import type { Document, Problem } from "@/contract";
import type { HostError } from "@/host";
import { useCommand, useRpc } from "./rpc";

export function useDocument() {
  const client = useQueryClient();
  const config = useRpc("config.get", null);
  const apply = useCommand("config.apply");
  const page = config.data;
  const refresh = () => client.invalidateQueries({ queryKey: ["config.get"] });
  return {
    document: page?.document,
    /** The file that is the source of truth; then nothing can be edited here. */
    file: page?.file ?? null,
    locked: page === undefined || page.file !== null || apply.isPending,
    // What is wrong with an edit is told where it was made.
    error: (apply.error?.problems.length ? null : apply.error) ?? config.error,
    /** Reads the configuration again, so that the next try starts from the newest revision. */
    retry: () => {
      apply.reset();
      void refresh();
    },
    /**
     * Puts a change in force; resolves to whether that was done. The problems that the engine finds go to `land`,
     * or are told in a toast.
     */
    put: (
      change: (document: Document) => Document,
      note: string,
      land?: (problems: Problem[]) => void,
    ): Promise<boolean> => {
      if (page === undefined) return Promise.resolve(false);
      return apply
        .mutateAsync({ document: change(page.document), expected_revision: page.revision, note })
        .then(() => true)
        .catch((error: HostError) => {
          const [first] = error.problems;
          if (first && land) {
            land(error.problems);
            return false;
          }
          toast.error(first ? `${first.path}: ${first.what}` : error.message, {
            description: first?.remedy ?? error.remedy,
          });
          return false;
        })
        .finally(refresh);
    },
  };
}
