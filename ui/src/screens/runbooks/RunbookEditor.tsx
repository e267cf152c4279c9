import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import type { Runbook, RunbookView } from "@/contract";
import { useRunbookEdits } from "./useRunbookEdits";

const EMPTY: Runbook = {
  name: "",
  title: "",
  kinds: [],
  text: "What this is for.\n\n## Steps\n\n- [ ] First step, with a `command`.\n\n## Contacts\n\n- Name and telephone.\n\n## Escalation\n\nWho is called when, if it lasts.\n",
};

interface Props {
  /** The runbook to reword; none for a new one. */
  runbook: RunbookView | null;
  onClose: () => void;
}

/** Rewords a runbook, or writes a new one. */
export function RunbookEditor({ runbook, onClose }: Props) {
  const { t } = useTranslation(["runbooks", "common"]);
  const { save, locked } = useRunbookEdits();
  const [draft, setDraft] = useState<Runbook>(
    runbook ? { name: runbook.name, title: runbook.title, kinds: runbook.kinds, text: runbook.text } : EMPTY,
  );
  const set = (part: Partial<Runbook>) => setDraft((before) => ({ ...before, ...part }));
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t(runbook ? "edit_title" : "add")}
      description={t("edit_text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            disabled={locked || draft.name === "" || draft.title.trim() === ""}
            onClick={() =>
              void save(draft, t("note_saved", { title: draft.title })).then((saved) => saved && onClose())
            }
          >
            {t("save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <Field label={t("form.title")}>
            {(aria) => (
              <Input {...aria} value={draft.title} onChange={(e) => set({ title: e.target.value })} />
            )}
          </Field>
          <Field label={t("form.name")} hint={t("form.name_hint")}>
            {(aria) => (
              <Input
                {...aria}
                value={draft.name}
                disabled={runbook !== null}
                onChange={(e) => set({ name: e.target.value })}
              />
            )}
          </Field>
        </div>
        <Field label={t("form.kinds")} hint={t("form.kinds_hint")}>
          {(aria) => (
            <Input
              {...aria}
              defaultValue={draft.kinds.join(", ")}
              onChange={(e) =>
                set({
                  kinds: e.target.value
                    .split(",")
                    .map((kind) => kind.trim())
                    .filter((kind) => kind !== ""),
                })
              }
            />
          )}
        </Field>
        <Field label={t("form.text")} hint={t("form.text_hint")}>
          {(aria) => (
            <Textarea
              {...aria}
              rows={18}
              className="font-mono text-xs"
              value={draft.text}
              onChange={(e) => set({ text: e.target.value })}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}
