import { Accessibility, type DragEndEvent, type DragOverEvent, type DragStartEvent } from "@dnd-kit/dom";
import { DragDropProvider } from "@dnd-kit/react";
import { isSortable } from "@dnd-kit/react/sortable";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Chain, ConfigPage } from "@/contract";
import { useLive } from "@/state/overview";
import { edit, useDraft, withChain } from "./draft";
import { inOrder, moved } from "./order";
import { TierRow } from "./TierRow";
import { useReorder } from "./use-config";

interface Props {
  page: ConfigPage;
  chain: Chain;
  at: number;
}

/** The tiers from first to last. The list is the order: moving a row changes it at once, or in the draft. */
export function TierList({ page, chain, at }: Props) {
  const { t } = useTranslation("chains");
  const { move, said } = useMove(page, chain, at);
  const plugins = useAnnouncements(chain);
  const live = useLive((overview) => overview.chains.find((candidate) => candidate.name === chain.name));
  if (chain.tiers.length === 0) return <p className="px-4 pb-4 text-muted">{t("chain.no_tiers")}</p>;
  return (
    <>
      <DragDropProvider
        plugins={(defaults) => [...defaults.filter((plugin) => plugin !== Accessibility), plugins]}
        onDragEnd={({ operation: { source }, canceled }) => {
          if (canceled || !isSortable(source)) return;
          move(source.initialIndex, source.index);
        }}
      >
        <ol aria-label={t("chain.tiers", { name: chain.name })}>
          {chain.tiers.map((tier, place) => (
            <TierRow
              key={tier.name}
              page={page}
              chain={chain}
              at={at}
              place={place}
              tier={tier}
              live={live?.tiers.find((candidate) => candidate.name === tier.name)}
              liveChain={live}
              onMove={move}
            />
          ))}
        </ol>
      </DragDropProvider>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

/** Moves a tier: in force at once, or in the draft when there is one. The focus stays on what was moved. */
function useMove(page: ConfigPage, chain: Chain, at: number) {
  const { t } = useTranslation("chains");
  const [said, setSaid] = useState("");
  const drafting = useDraft((state) => state.draft !== null);
  const reorder = useReorder();
  const focus = useRef<HTMLElement | null>(null);
  const names = chain.tiers.map((tier) => tier.name);
  const order = names.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that the browser moved has lost its focus
  useLayoutEffect(() => {
    focus.current?.focus();
    focus.current = null;
  }, [order]);
  const move = (from: number, to: number) => {
    const count = names.length;
    const target = Math.max(0, Math.min(count - 1, to));
    if (from === target) return;
    if (document.activeElement instanceof HTMLElement) focus.current = document.activeElement;
    const tiers = moved(names, from, target);
    if (drafting) {
      edit(page, (draft) => withChain(draft, at, { ...chain, tiers: inOrder(chain.tiers, tiers) }));
    } else {
      reorder.mutate({ chain: chain.name, tiers });
    }
    setSaid(t("dnd.moved", { name: names[from] ?? "", n: target + 1, count }));
  };
  return { move, said };
}

/** What is said while a tier is dragged, with the pointer or the keyboard. */
function useAnnouncements(chain: Chain) {
  const { t } = useTranslation("chains");
  const count = chain.tiers.length;
  return useMemo(() => {
    // Where the dragged tier was last said to be: a lift is followed at once by a move over its own place.
    let at: number | null = null;
    type Said = "dnd.lifted" | "dnd.over" | "dnd.dropped" | "dnd.cancelled";
    const say = (key: Said, source: unknown) => {
      if (!isSortable(source as Parameters<typeof isSortable>[0])) return undefined;
      const { id, index, initialIndex } = source as { id: string; index: number; initialIndex: number };
      if (key === "dnd.over" && index === at) return undefined;
      at = index;
      const n = (key === "dnd.cancelled" ? initialIndex : index) + 1;
      return t(key, { name: String(id).split("/").at(-1) ?? "", n, count });
    };
    return Accessibility.configure({
      screenReaderInstructions: { draggable: t("dnd.instructions") },
      announcements: {
        dragstart: ({ operation }: DragStartEvent) => say("dnd.lifted", operation.source),
        dragover: ({ operation }: DragOverEvent) => say("dnd.over", operation.source),
        dragend: ({ operation, canceled }: DragEndEvent) =>
          say(canceled ? "dnd.cancelled" : "dnd.dropped", operation.source),
      },
    });
  }, [t, count]);
}
