import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import type { TimelineEntry } from "@/contract";
import type { HostError } from "@/host";
import { refusal } from "@/lib/problems";
import { useAct } from "./useAct";

interface Props {
  incident: string;
  entry: TimelineEntry;
  onDone: () => void;
}

/** Another wording of a note; the first one stays beneath it. */
export function NoteEdit({ incident, entry, onDone }: Props) {
  const { t } = useTranslation(["incidents", "common"]);
  const { act, pending } = useAct([incident]);
  const [text, setText] = useState(entry.text);
  const [refused, setRefused] = useState<HostError | null>(null);
  return (
    <div className="flex flex-col gap-1.5">
      <Field label={t("timeline.edit")} error={refused && refusal(refused)}>
        {(aria) => (
          <Textarea
            {...aria}
            rows={3}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setRefused(null);
            }}
          />
        )}
      </Field>
      <div className="flex gap-1.5">
        <Button
          size="sm"
          kind="primary"
          disabled={pending || text.trim() === "" || text === entry.text}
          onClick={() =>
            void act({ act: "edit_note", entry: entry.id, text }, setRefused).then((done) => done && onDone())
          }
        >
          {t("note.save_edit")}
        </Button>
        <Button size="sm" onClick={onDone}>
          {t("common:cancel")}
        </Button>
      </div>
    </div>
  );
}
