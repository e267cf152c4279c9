import { GitMerge, UserCheck, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { Incident } from "@/contract";
import { useAct } from "./useAct";

interface Props {
  chosen: readonly Incident[];
  onDone: () => void;
}

/** What can be done with the incidents that are ticked. */
export function BulkBar({ chosen, onDone }: Props) {
  const { t } = useTranslation("incidents");
  const open = chosen.filter(({ state }) => state === "open");
  const acknowledge = useAct(open.map(({ id }) => id));
  // The oldest one takes in the others.
  const [first, ...others] = [...chosen].sort((a, b) => a.times.began_ms - b.times.began_ms);
  const merge = useAct(others.map(({ id }) => id));
  const pending = acknowledge.pending || merge.pending;
  const [asked, setAsked] = useState(false);
  const then = (done: boolean) => done && onDone();
  return (
    <div
      data-testid="bulk-bar"
      className="sticky bottom-4 z-10 flex flex-wrap items-center gap-2 self-center rounded-lg border border-line bg-raised px-3 py-2 shadow-pop"
      role="status"
    >
      <span className="font-medium">{t("bulk.chosen", { count: chosen.length })}</span>
      <Button
        size="sm"
        disabled={pending || open.length === 0}
        onClick={() => void acknowledge.act({ act: "acknowledge" }).then(then)}
      >
        <UserCheck aria-hidden />
        {t("bulk.acknowledge", { count: open.length })}
      </Button>
      <Button
        size="sm"
        disabled={pending || first === undefined || others.length === 0}
        title={t("bulk.merge_hint")}
        onClick={() => setAsked(true)}
      >
        <GitMerge aria-hidden />
        {t("bulk.merge", { id: first?.id ?? "" })}
      </Button>
      <Button size="sm" kind="ghost" onClick={onDone}>
        <X aria-hidden />
        {t("bulk.none")}
      </Button>
      {first && (
        <Confirm
          open={asked}
          title={t("bulk.merge_title", { count: others.length, id: first.id })}
          description={t("bulk.merge_text", { title: first.title })}
          action={t("bulk.merge", { id: first.id })}
          onClose={() => setAsked(false)}
          onConfirm={() => {
            setAsked(false);
            void merge.act({ act: "merge", into: first.id }).then(then);
          }}
        />
      )}
    </div>
  );
}
