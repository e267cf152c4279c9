import { useQueryClient } from "@tanstack/react-query";
import { GitCompareArrows } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import type { ConfigPage } from "@/contract";
import { isError } from "@/lib/problems";
import { useCommand, useRpc } from "@/state/rpc";
import { ChangeList, useWords } from "./ChangeList";
import { diff } from "./diff";
import { discardDraft, rebase, type useDraft } from "./draft";
import { Follows } from "./Follows";
import { ProblemList } from "./ProblemList";
import { useOfferUndo } from "./use-config";

type Draft = NonNullable<ReturnType<typeof useDraft.getState>["draft"]>;
interface Props {
  page: ConfigPage;
  draft: Draft;
  onClose: () => void;
}

/** The draft in words, what is wrong with it, and the button that puts it into force. */
export function Review(props: Props) {
  return props.draft.base === props.page.revision ? <Changes {...props} /> : <Conflict {...props} />;
}

function Changes({ page, draft, onClose }: Props) {
  const { t } = useTranslation("chains");
  const client = useQueryClient();
  const words = useWords();
  const offerUndo = useOfferUndo();
  const [note, setNote] = useState("");
  const changes = diff(draft.before, draft.document);
  const check = useRpc("config.check", { document: draft.document }, { gcTime: 0, staleTime: 0 });
  const apply = useCommand("config.apply");
  const errors = check.data?.filter(isError) ?? [];
  const warnings = check.data?.filter((problem) => !isError(problem)) ?? [];
  const submit = () =>
    apply.mutate(
      {
        document: draft.document,
        expected_revision: page.revision,
        note: note.trim() || changes.slice(0, 3).map(words).join("; "),
      },
      {
        onSuccess: (applied) => {
          discardDraft();
          offerUndo(applied, t("undo.applied", { revision: applied.revision }));
          onClose();
        },
        // A conflict shows in the new revision, which turns this dialog into the comparison.
        onSettled: () => client.invalidateQueries({ queryKey: ["config.get"] }),
      },
    );
  const ready = changes.length > 0 && check.isSuccess && errors.length === 0 && !apply.isPending;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("review.title")}
      description={t("review.lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("review.back")}</Button>
          <Button kind="primary" data-testid="apply" disabled={!ready} onClick={submit}>
            {t("review.apply")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {changes.length === 0 ? (
          <p className="text-muted">{t("review.empty")}</p>
        ) : (
          <ChangeList changes={changes} />
        )}
        {changes.length > 0 && <Follows before={draft.before} after={draft.document} />}
        {check.isPending && <Checking />}
        {check.error && <ErrorState error={check.error} onRetry={check.refetch} />}
        {errors.length > 0 && <Problems title={t("review.errors")} problems={errors} />}
        {warnings.length > 0 && <Problems title={t("review.warnings")} problems={warnings} />}
        {apply.error && (
          <>
            <ErrorState error={apply.error} />
            <ProblemList problems={apply.error.problems} />
          </>
        )}
        <Field label={t("review.note")} hint={t("review.note_hint")}>
          {(aria) => (
            <Input {...aria} value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

function Checking() {
  const { t } = useTranslation("chains");
  return (
    <div role="status">
      <span className="sr-only">{t("review.checking")}</span>
      <Skeleton className="h-6" />
    </div>
  );
}

function Problems({ title, problems }: { title: string; problems: ConfigPage["warnings"] }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium">{title}</h3>
      <ProblemList problems={problems} />
    </section>
  );
}

/** A newer revision came into force: what it changed, and what may become of the draft. Nothing is overwritten unseen. */
function Conflict({ page, draft, onClose }: Props) {
  const { t } = useTranslation("chains");
  const theirs = diff(draft.before, page.document);
  const reload = () => {
    discardDraft();
    onClose();
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("review.conflict_title")}
      description={t("review.conflict_lead", { revision: page.revision })}
      footer={
        <>
          <Button kind="danger" onClick={reload}>
            {t("review.reload")}
          </Button>
          <Button kind="primary" onClick={() => rebase(page)}>
            <GitCompareArrows aria-hidden />
            {t("review.keep")}
          </Button>
        </>
      }
    >
      {theirs.length === 0 ? (
        <p className="text-muted">{t("review.conflict_nothing")}</p>
      ) : (
        <ChangeList changes={theirs} />
      )}
    </Dialog>
  );
}
