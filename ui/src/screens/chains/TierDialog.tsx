import { zodResolver } from "@hookform/resolvers/zod";
import { FormProvider, type UseFormReturn, useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Chain, ConfigPage, Document, Problem, Tier } from "@/contract";
import { inWords, isError, ofTier } from "@/lib/problems";
import { useCommand } from "@/state/rpc";
import { edit, useDraft, withTier } from "./draft";
import { freeName } from "./order";
import { newTier } from "./templates";
import { AdvancedFields } from "./tier-form/AdvancedFields";
import { BasicFields } from "./tier-form/BasicFields";
import { TestTier } from "./tier-form/TestTier";
import { fieldOf, fromValues, type TierValues, tierSchema, toValues } from "./tier-values";

interface Props {
  page: ConfigPage;
  chain: Chain;
  /** The chain's place in the document. */
  at: number;
  /** The tier's place in the chain; null for a new one. */
  place: number | null;
  onClose: () => void;
}

/** A tier's form. It puts the tier into the draft once the engine finds no error in it. */
export function TierDialog({ page, chain, at, place, onClose }: Props) {
  const { t } = useTranslation("chains");
  const base = baseOf(chain, place);
  const form = useForm<TierValues>({ resolver: zodResolver(tierSchema), defaultValues: toValues(base) });
  const save = useSave({ page, chain, at, place, onClose }, base, form);
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={
        place === null
          ? t("form.add_title", { chain: chain.name })
          : t("form.edit_title", { name: base.name })
      }
      description={t("form.lead")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel", { ns: "common" })}</Button>
          <Button kind="primary" data-testid="tier-save" disabled={save.isPending} onClick={save.submit}>
            {t(save.isPending ? "form.checking" : "form.save")}
          </Button>
        </>
      }
    >
      <FormProvider {...form}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save.submit();
          }}
          className="flex flex-col gap-5 pt-1"
        >
          <BasicFields />
          <AdvancedFields />
          <TestTier base={base} />
          {form.formState.errors.root && (
            <p role="alert" className="text-bad">
              {form.formState.errors.root.message}
            </p>
          )}
          {save.error && <ErrorState error={save.error} />}
          <button type="submit" hidden aria-hidden tabIndex={-1} />
        </form>
      </FormProvider>
    </Dialog>
  );
}

function baseOf(chain: Chain, place: number | null): Tier {
  const existing = place === null ? undefined : chain.tiers[place];
  if (existing) return existing;
  const name = freeName(
    `tier-${chain.tiers.length + 1}`,
    chain.tiers.map((tier) => tier.name),
  );
  return newTier({ name, provider: "vllm" });
}

function useSave({ page, chain, at, place, onClose }: Props, base: Tier, form: UseFormReturn<TierValues>) {
  const { t } = useTranslation("chains");
  const check = useCommand("config.check");
  const draft = useDraft((state) => state.draft);
  const target = place ?? chain.tiers.length;
  const submit = form.handleSubmit(async (values) => {
    if (chain.tiers.some((tier, index) => index !== place && tier.name === values.name)) {
      form.setError("name", { message: t("invalid.taken") }, { shouldFocus: true });
      return;
    }
    const tier = fromValues(values, base);
    const put = (document: Document) => withTier(document, at, target, tier);
    const problems = await check
      .mutateAsync({ document: put(draft?.document ?? page.document) })
      .catch(() => null);
    if (problems === null) return;
    const mine = ofTier(problems, at, target).filter(({ problem }) => isError(problem));
    if (mine.length === 0) {
      edit(page, put);
      onClose();
      return;
    }
    for (const found of mine) land(form, found);
  });
  return { submit, isPending: check.isPending, error: check.error };
}

/** Shows a problem of the engine at the field it belongs to, or below the form. */
export function land(
  form: UseFormReturn<TierValues>,
  { field, problem }: { field: string; problem: Problem },
) {
  const name = fieldOf(field) ?? "root";
  form.setError(
    name as keyof TierValues,
    { type: "engine", message: inWords(problem) },
    { shouldFocus: name !== "root" },
  );
}
