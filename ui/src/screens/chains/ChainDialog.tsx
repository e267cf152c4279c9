import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { Controller, FormProvider, type UseFormReturn, useForm, useFormContext } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { Chain, ConfigPage } from "@/contract";
import { inWords, isError, ofChain } from "@/lib/problems";
import { useCommand, useRpc } from "@/state/rpc";
import { edit, useDraft, withChain } from "./draft";
import { span } from "./field-types";
import { freeName } from "./order";
import { newChain, TEMPLATES, type Template, tiersOf } from "./templates";
import { TextField } from "./tier-form/TextField";

const schema = z.object({
  name: z.string().trim().min(1, "name"),
  aliases: z.string(),
  deadline: span,
  mode: z.enum(["auto", "manual"]),
  hold: span,
  ramp: span,
  broken: z.enum(["stop", "resume"]),
  wait: span,
  hedging: z.enum(["off", "on"]),
  after: span,
  mark: z.enum(["off", "on"]),
});
type Values = z.infer<typeof schema>;

/** Where the engine's problems of a chain land. */
const FIELDS: Record<string, keyof Values> = {
  name: "name",
  deadline: "deadline",
  "failback.hold": "hold",
  "failback.ramp": "ramp",
  on_broken_stream: "broken",
  "on_rate_limit.wait_up_to": "wait",
  "hedge.after": "after",
  mark_body: "mark",
};

interface Props {
  page: ConfigPage;
  /** The chain's place in the document; null for a new one. */
  at: number | null;
  onClose: () => void;
}

/** A chain's own settings; its tiers are edited in the list. */
export function ChainDialog({ page, at, onClose }: Props) {
  const { t } = useTranslation("chains");
  const draft = useDraft((state) => state.draft);
  const { chains } = draft?.document ?? page.document;
  const names = chains.map((chain) => chain.name);
  const [template, setTemplate] = useState<Template>("blank");
  const existing = at === null ? undefined : chains[at];
  const base = existing ?? newChain(freeName("chat", names), tiersOf(template));
  const form = useForm<Values>({ resolver: zodResolver(schema), defaultValues: valuesOf(base) });
  const { submit, check } = useSave({ page, at, onClose }, base, names, form);
  return (
    <Dialog
      open
      onClose={onClose}
      title={at === null ? t("form.add_chain") : t("form.edit_chain", { name: base.name })}
      description={t("form.lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel", { ns: "common" })}</Button>
          <Button kind="primary" data-testid="chain-save" disabled={check.isPending} onClick={submit}>
            {t(check.isPending ? "form.checking" : "form.save")}
          </Button>
        </>
      }
    >
      <FormProvider {...form}>
        <form onSubmit={submit} className="flex flex-col gap-3">
          {!existing && <StartsWith template={template} onChange={setTemplate} />}
          <Fields />
          {check.error && <ErrorState error={check.error} />}
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </form>
      </FormProvider>
    </Dialog>
  );
}

/** What a new chain's tiers are at first. */
function StartsWith({ template, onChange }: { template: Template; onChange: (template: Template) => void }) {
  const { t } = useTranslation("chains");
  const { data: practice } = useRpc("practice", null);
  const offered = TEMPLATES.filter((one) => one !== "practice" || (practice?.servers.length ?? 0) > 0);
  return (
    <Field label={t("form.starts")} hint={template !== "blank" && t("form.starts_hint")}>
      {(aria) => (
        <Select
          {...aria}
          data-testid="starts-with"
          value={template}
          onChange={onChange}
          options={offered.toReversed().map((value) => ({ value, label: t(`template.${value}.title`) }))}
        />
      )}
    </Field>
  );
}

function Fields() {
  const { t } = useTranslation("chains");
  return (
    <>
      <TextField name="name" label={t("field.name")} hint={t("field.chain_name_hint")} mono />
      <TextField name="aliases" label={t("field.aliases")} hint={t("field.aliases_hint")} mono />
      <TextField name="deadline" label={t("field.deadline")} hint={t("field.deadline_hint")} />
      <div className="grid grid-cols-3 gap-3">
        <Choice name="mode" label={t("field.failback")} values={["auto", "manual"]} />
        <TextField name="hold" label={t("field.hold")} />
        <TextField name="ramp" label={t("field.ramp")} />
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Choice
          name="broken"
          label={t("field.broken")}
          hint={t("field.broken_hint")}
          values={["stop", "resume"]}
        />
        <TextField name="wait" label={t("field.wait")} hint={t("field.wait_hint")} />
        <Choice
          name="hedging"
          label={t("field.hedging")}
          hint={t("field.hedging_hint")}
          values={["off", "on"]}
        />
        <TextField name="after" label={t("field.after")} hint={t("field.after_hint")} />
        <Choice name="mark" label={t("field.mark")} hint={t("field.mark_hint")} values={["off", "on"]} />
      </div>
    </>
  );
}

interface ChoiceProps {
  name: "mode" | "broken" | "hedging" | "mark";
  label: string;
  hint?: string;
  values: readonly ("auto" | "manual" | "stop" | "resume" | "off" | "on")[];
}

/** One of a few words. */
function Choice({ name, label, hint, values }: ChoiceProps) {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<Values>();
  const options = values.map((value) => ({ value, label: t(`field.choice.${value}`) }));
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Field label={label} hint={hint}>
          {(aria) => (
            <Select
              {...aria}
              data-testid={`field-${name}`}
              value={field.value}
              onChange={field.onChange}
              options={options}
            />
          )}
        </Field>
      )}
    />
  );
}

const valuesOf = ({ name, aliases, deadline, failback, ...rest }: Chain): Values => ({
  name,
  aliases: aliases.join(", "),
  deadline,
  ...failback,
  broken: rest.on_broken_stream,
  wait: rest.on_rate_limit.wait_up_to,
  hedging: rest.hedge.enabled ? "on" : "off",
  after: rest.hedge.after,
  mark: rest.mark_body ? "on" : "off",
});

/** `gpt-4o, *` as a list, without blanks and doubles. */
export const splitNames = (text: string): string[] => [
  ...new Set(
    text
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

function chainOf({ name, aliases, deadline, mode, hold, ramp, ...rest }: Values, base: Chain): Chain {
  return {
    ...base,
    name,
    aliases: splitNames(aliases),
    deadline,
    failback: { mode, hold, ramp },
    on_broken_stream: rest.broken,
    on_rate_limit: { ...base.on_rate_limit, wait_up_to: rest.wait },
    hedge: { ...base.hedge, enabled: rest.hedging === "on", after: rest.after },
    mark_body: rest.mark === "on",
  };
}

function useSave({ page, at, onClose }: Props, base: Chain, names: string[], form: UseFormReturn<Values>) {
  const { t } = useTranslation("chains");
  const check = useCommand("config.check");
  const draft = useDraft((state) => state.draft);
  const target = at ?? names.length;
  const submit = form.handleSubmit(async (values) => {
    if (names.some((name, index) => index !== at && name === values.name)) {
      form.setError("name", { message: t("invalid.taken") }, { shouldFocus: true });
      return;
    }
    const document = withChain(draft?.document ?? page.document, target, chainOf(values, base));
    const problems = await check.mutateAsync({ document }).catch(() => null);
    if (problems === null) return;
    const mine = ofChain(problems, target).filter(({ problem }) => isError(problem));
    const here = mine.flatMap(({ field, problem }) => {
      const name = field.startsWith("aliases") ? "aliases" : FIELDS[field];
      return name ? [{ name, problem }] : [];
    });
    for (const { name, problem } of here)
      form.setError(name, { message: inWords(problem) }, { shouldFocus: true });
    if (here.length > 0) return;
    // What belongs to no field here ("a chain needs at least one tier") is for the review.
    edit(page, (current) => withChain(current, target, chainOf(values, base)));
    onClose();
  });
  return { submit, check };
}
