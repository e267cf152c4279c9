import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import type { Problem, Runbook, RunbookView } from "@/contract";
import { inWords } from "@/lib/problems";
import { KindPicker } from "./KindPicker";
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

const FIELDS = ["title", "name", "kinds", "text"] as const;
type FieldName = (typeof FIELDS)[number];

/** Which field a problem of the engine belongs to: `runbooks[3].name`. */
const fieldOf = ({ path }: Problem) =>
  FIELDS.find((field) => new RegExp(`^runbooks\\[\\d+\\]\\.${field}`).test(path));

/** Rewords a runbook, or writes a new one. */
export function RunbookEditor({ runbook, onClose }: Props) {
  const { t } = useTranslation(["runbooks", "common"]);
  const { save, locked, error } = useRunbookEdits();
  const [draft, setDraft] = useState<Runbook>(
    runbook ? { name: runbook.name, title: runbook.title, kinds: runbook.kinds, text: runbook.text } : EMPTY,
  );
  const [missing, setMissing] = useState(false);
  const [problems, setProblems] = useState<Problem[]>([]);
  const set = (part: Partial<Runbook>) => {
    setDraft((before) => ({ ...before, ...part }));
    setProblems((found) => found.filter((problem) => !Object.keys(part).includes(fieldOf(problem) ?? "")));
  };
  const wrong = (field: FieldName) => {
    if (missing && (field === "name" || field === "title") && draft[field].trim() === "") {
      return t(`form.no_${field}`);
    }
    const found = problems.find((problem) => fieldOf(problem) === field);
    return found && inWords(found);
  };
  const rest = problems.filter((problem) => fieldOf(problem) === undefined);
  const store = async () => {
    setMissing(true);
    if (draft.name.trim() === "" || draft.title.trim() === "") return;
    const told = { ...draft, name: draft.name.trim() };
    if (await save(told, t("note_saved", { title: draft.title }), setProblems)) onClose();
  };
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
          <Button kind="primary" data-testid="runbook-save" disabled={locked} onClick={() => void store()}>
            {t("save")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <Field label={t("form.title")} error={wrong("title")}>
            {(aria) => (
              <Input {...aria} value={draft.title} onChange={(e) => set({ title: e.target.value })} />
            )}
          </Field>
          <Field label={t("form.name")} hint={t("form.name_hint")} error={wrong("name")}>
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
        <KindPicker kinds={draft.kinds} wrong={wrong("kinds")} onChange={(kinds) => set({ kinds })} />
        <Field label={t("form.text")} hint={t("form.text_hint")} error={wrong("text")}>
          {(aria) => (
            <Textarea
              {...aria}
              rows={16}
              className="font-mono text-xs"
              value={draft.text}
              onChange={(e) => set({ text: e.target.value })}
            />
          )}
        </Field>
        {error && <ErrorState error={error} />}
        {rest.map((problem) => (
          <p key={problem.path} role="alert" className="text-bad">
            {inWords(problem)}
          </p>
        ))}
      </div>
    </Dialog>
  );
}
