import type { TFunction } from "i18next";
import { CircleCheck, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Confirm } from "@/components/ui/confirm";
import { Field, Input } from "@/components/ui/field";
import type { RunbookView } from "@/contract";
import { INCIDENT_KINDS } from "@/lib/incident-kinds";
import { refusal } from "@/lib/problems";
import { useCommand } from "@/state/rpc";
import { Markdown } from "./Markdown";
import { RunbookEditor } from "./RunbookEditor";
import { useRunbookEdits } from "./useRunbookEdits";

/** One runbook, its rehearsals and its edits. */
export function RunbookPane({ runbook }: { runbook: RunbookView }) {
  const { t } = useTranslation(["runbooks", "incidents"]);
  const { locked, file, remove } = useRunbookEdits();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const own = runbook.origin === "own";
  return (
    <Card
      title={runbook.title}
      aside={
        <div className="flex gap-1">
          <Button size="sm" disabled={locked} title={file ?? undefined} onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
            {t("edit")}
          </Button>
          {runbook.origin !== "shipped" && (
            <Button
              size="sm"
              kind={own ? "danger" : "secondary"}
              disabled={locked}
              onClick={() => setAsking(true)}
            >
              {own ? <Trash2 aria-hidden /> : <RotateCcw aria-hidden />}
              {t(own ? "delete" : "restore")}
            </Button>
          )}
        </div>
      }
    >
      <div className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
        <Badge>{t(`origin.${runbook.origin}`)}</Badge>
        {runbook.kinds.map((kind) => (
          <Badge key={kind}>{kindWord(t, kind)}</Badge>
        ))}
        {runbook.followed_ms !== null && (
          <span>
            {t("followed")} <Time at={runbook.followed_ms} />
          </span>
        )}
      </div>
      <Markdown text={runbook.text} />
      <Rehearsals runbook={runbook} />
      {editing && <RunbookEditor runbook={runbook} onClose={() => setEditing(false)} />}
      <Confirm
        open={asking}
        title={t(own ? "delete_title" : "restore_title", { title: runbook.title })}
        description={t("remove_text")}
        action={t(own ? "delete" : "restore")}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void remove(runbook.name, t("note_removed", { title: runbook.title }));
        }}
      />
    </Card>
  );
}

/** A kind of incident in words; one that this version does not know as it is written. */
function kindWord(t: TFunction<["runbooks", "incidents"]>, kind: string) {
  const known = INCIDENT_KINDS.find((one) => one === kind);
  return known ? t(`incidents:kinds.${known}`) : kind.replace(/_/g, " ");
}

function Rehearsals({ runbook }: { runbook: RunbookView }) {
  const { t } = useTranslation("runbooks");
  const [note, setNote] = useState("");
  const rehearse = useCommand("runbook.rehearsed");
  return (
    <div className="mt-4 border-t border-line pt-3">
      <p className={runbook.rehearsal_due && runbook.rehearsed ? "font-medium text-warn" : "text-muted"}>
        {runbook.rehearsed ? (
          <>
            {t("rehearsed", { actor: runbook.rehearsed.actor })} <Time at={runbook.rehearsed.at_ms} />
            {runbook.rehearsal_due && ` · ${t("quarter")}`}
          </>
        ) : (
          t("never_rehearsed")
        )}
      </p>
      {runbook.rehearsed?.note && <p className="text-muted">{runbook.rehearsed.note}</p>}
      <form
        className="mt-2 flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          rehearse.mutate({ name: runbook.name, note }, { onSuccess: () => setNote("") });
        }}
      >
        <Field label={t("learned")} className="flex-1" error={rehearse.error && refusal(rehearse.error)}>
          {(aria) => (
            <Input
              {...aria}
              value={note}
              onChange={(event) => {
                setNote(event.target.value);
                rehearse.reset();
              }}
            />
          )}
        </Field>
        <Button type="submit" className="mt-5" disabled={rehearse.isPending} data-testid="runbook-rehearsed">
          <CircleCheck aria-hidden />
          {t("rehearse")}
        </Button>
      </form>
    </div>
  );
}
