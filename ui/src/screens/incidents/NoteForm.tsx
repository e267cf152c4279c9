import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { Button } from "@/components/ui/button";
import { Field, Textarea } from "@/components/ui/field";
import { refusal } from "@/lib/problems";
import { useCommand } from "@/state/rpc";

/** The longest note that the engine takes, characters. */
const LONGEST = 4000;

const form = z.object({ text: z.string().trim().min(1, "empty").max(LONGEST, "too_long") });

/** Adds a note to an incident's timeline. */
export function NoteForm({ id }: { id: string }) {
  const { t } = useTranslation("incidents");
  const client = useQueryClient();
  const note = useCommand("incident.note");
  const { register, handleSubmit, reset, watch, formState } = useForm({
    resolver: zodResolver(form),
    defaultValues: { text: "" },
  });
  const save = handleSubmit(({ text }) =>
    note.mutate(
      { id, text },
      {
        onSuccess: (detail) => {
          client.setQueryData(["incident", { id }], detail);
          reset();
        },
      },
    ),
  );
  const problem = formState.errors.text?.message;
  const error =
    problem === "too_long"
      ? t("note.too_long", { limit: LONGEST, length: watch("text").trim().length })
      : problem
        ? t("note.empty")
        : note.error && refusal(note.error);
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-2">
      <Field label={t("note.label")} error={error}>
        {(aria) => (
          <Textarea
            {...aria}
            {...register("text", { onChange: () => note.reset() })}
            rows={3}
            placeholder={t("note.placeholder")}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void save();
            }}
          />
        )}
      </Field>
      <Button type="submit" className="self-start" disabled={note.isPending}>
        {t("note.save")}
      </Button>
    </form>
  );
}
