import { FileUp } from "lucide-react";
import { type ChangeEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Textarea } from "@/components/ui/field";
import type { ConfigPage, Problem } from "@/contract";
import { useCommand } from "@/state/rpc";
import { edit } from "./draft";
import { ProblemList } from "./ProblemList";

/** YAML, pasted or from a file, as the draft. */
export function ImportDialog({ page, onClose }: { page: ConfigPage; onClose: () => void }) {
  const { t } = useTranslation("chains");
  const [yaml, setYaml] = useState("");
  const parse = useCommand("config.parse");
  const read = () =>
    parse.mutate(
      { yaml },
      {
        onSuccess: ({ document, problems, chains_only }) => {
          if (!document) return;
          edit(page, (before) => (chains_only ? { ...before, chains: document.chains } : document));
          // What could not be carried over is read before the dialog goes.
          if (!chains_only || problems.length === 0) onClose();
        },
      },
    );
  const notes = parse.data?.document && parse.data.chains_only ? parse.data.problems : null;
  if (notes) return <Notes notes={notes} onClose={onClose} />;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("importing.title")}
      description={t("importing.lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel", { ns: "common" })}</Button>
          <Button
            kind="primary"
            data-testid="import-read"
            disabled={yaml.trim() === "" || parse.isPending}
            onClick={read}
          >
            {t(parse.isPending ? "importing.reading" : "importing.read")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pt-1">
        <PickFile onText={setYaml} />
        <Field label={t("importing.paste")}>
          {(aria) => (
            <Textarea
              {...aria}
              data-testid="import-yaml"
              rows={12}
              className="font-mono text-xs"
              value={yaml}
              onChange={(event) => setYaml(event.target.value)}
            />
          )}
        </Field>
        {parse.error && <ErrorState error={parse.error} />}
        {parse.data && parse.data.document === null && (
          <section role="alert">
            <h3 className="mb-1.5 font-medium">{t("importing.errors")}</h3>
            <ProblemList problems={parse.data.problems} />
          </section>
        )}
      </div>
    </Dialog>
  );
}

/** The chains of another program's file are in the draft; this is what became of the rest. */
function Notes({ notes, onClose }: { notes: Problem[]; onClose: () => void }) {
  const { t } = useTranslation("chains");
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("importing.notes_title")}
      description={t("importing.notes_lead")}
      footer={
        <Button kind="primary" data-testid="import-done" onClick={onClose}>
          {t("importing.notes_go")}
        </Button>
      }
    >
      <ProblemList problems={notes} />
    </Dialog>
  );
}

function PickFile({ onText }: { onText: (text: string) => void }) {
  const { t } = useTranslation("chains");
  const input = useRef<HTMLInputElement>(null);
  const pick = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file) onText(await file.text());
  };
  return (
    <div>
      <Button onClick={() => input.current?.click()}>
        <FileUp aria-hidden />
        {t("importing.file")}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,text/yaml"
        className="sr-only"
        tabIndex={-1}
        aria-label={t("importing.file")}
        onChange={(event) => void pick(event)}
      />
    </div>
  );
}
