/** The commands that change the configuration, and what a screen shows after them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import type { Applied, ConfigPage } from "@/contract";
import { asHostError, type HostError, useHost } from "@/host";
import { useRpc } from "@/state/rpc";
import { inOrder } from "./order";
import { showUndo } from "./UndoToast";

const PAGE = ["config.get", null] as const;

export const useConfig = () => useRpc("config.get", null);

export function toastError(reason: unknown) {
  const { message, remedy } = asHostError(reason);
  toast.error(message, { description: remedy });
}

/** Brings an old revision back, on top of the one that `expected` names. */
export function useRestore() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation<Applied, HostError, { revision: number; expected: number }>({
    mutationFn: ({ revision, expected }) =>
      host.rpc("config.restore", { revision, expected_revision: expected }),
    onError: toastError,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["config.get"] }),
        client.invalidateQueries({ queryKey: ["config.revisions"] }),
      ]),
  });
}

/** Offers to undo what was just applied. */
export function useOfferUndo() {
  const restore = useRestore();
  const { t } = useTranslation("chains");
  return (applied: Applied, said: string) =>
    showUndo({
      said,
      onUndo: () =>
        restore.mutate(
          { revision: applied.previous, expected: applied.revision },
          { onSuccess: ({ revision }) => toast.success(t("undo.undone", { revision })) },
        ),
    });
}

/**
 * A new order of a chain's tiers, in force at once. The screen shows it before the engine has answered; moves
 * made in quick succession go out one after the other, each on top of the revision that the last one made.
 */
export function useReorder() {
  const host = useHost();
  const client = useQueryClient();
  const offerUndo = useOfferUndo();
  const { t } = useTranslation("chains");
  const page = () => client.getQueryData<ConfigPage>(PAGE);
  const patch = (change: (page: ConfigPage) => ConfigPage) =>
    client.setQueryData<ConfigPage>(PAGE, (current) => current && change(current));
  return useMutation<Applied, HostError, { chain: string; tiers: string[] }>({
    scope: { id: "chains.reorder" },
    mutationFn: ({ chain, tiers }) =>
      host.rpc("chains.reorder", { chain, tiers, expected_revision: page()?.revision ?? 0 }),
    onMutate: async ({ chain, tiers }) => {
      await client.cancelQueries({ queryKey: PAGE });
      patch((current) => reordered(current, chain, tiers));
    },
    onSuccess: (applied, { chain }) => {
      patch((current) => ({ ...current, revision: applied.revision }));
      offerUndo(applied, t("undo.reordered", { chain }));
      void client.invalidateQueries({ queryKey: ["config.revisions"] });
    },
    onError: (error) => {
      toastError(error);
      void client.invalidateQueries({ queryKey: PAGE });
    },
  });
}

export function reordered(page: ConfigPage, chain: string, tiers: readonly string[]): ConfigPage {
  const chains = page.document.chains.map((candidate) =>
    candidate.name === chain ? { ...candidate, tiers: inOrder(candidate.tiers, tiers) } : candidate,
  );
  return { ...page, document: { ...page.document, chains } };
}
