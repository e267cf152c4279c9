import { ListFilter } from "lucide-react";
import { get, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useCommand } from "@/state/rpc";
import { newTier } from "../templates";
import { fromValues, type TierValues } from "../tier-values";
import { useExplain } from "./TextField";

/** The model's name: typed, or picked from what the server lists. */
export function ModelField() {
  const { t } = useTranslation("chains");
  const { register, getValues, setValue, control, formState } = useFormContext<TierValues>();
  const explain = useExplain();
  const typed = useWatch({ control, name: "model" });
  const models = useCommand("tier.models");
  const fetchList = () =>
    models.mutate({ tier: fromValues(getValues(), newTier({ name: "draft", provider: "other" })) });
  const pick = (model: string) => {
    setValue("model", model, { shouldValidate: true, shouldDirty: true });
    models.reset();
  };
  return (
    <div className="col-span-2 flex flex-col gap-2">
      <Field
        label={t("field.model")}
        hint={t("field.model_hint")}
        error={explain(get(formState.errors, "model"))}
      >
        {(aria) => (
          <div className="flex gap-2">
            <Input {...aria} {...register("model")} data-testid="field-model" className="font-mono text-xs" />
            <Button onClick={fetchList} disabled={models.isPending}>
              <ListFilter aria-hidden />
              {t(models.isPending ? "field.fetching" : "field.fetch")}
            </Button>
          </div>
        )}
      </Field>
      {models.error && <ErrorState error={models.error} />}
      {models.data && <Listed models={models.data} typed={typed} onPick={pick} />}
    </div>
  );
}

function Listed({
  models,
  typed,
  onPick,
}: {
  models: string[];
  typed: string;
  onPick: (model: string) => void;
}) {
  const { t } = useTranslation("chains");
  if (models.length === 0) return <p className="text-muted">{t("field.no_models")}</p>;
  const matching = models.filter((model) => model.toLowerCase().includes(typed.trim().toLowerCase()));
  const shown = matching.length > 0 ? matching : models;
  return (
    <ul
      aria-label={t("field.models")}
      className="-mt-1 max-h-40 overflow-y-auto rounded-md border border-line p-1"
    >
      {shown.map((model) => (
        <li key={model}>
          <button
            type="button"
            onClick={() => onPick(model)}
            className="h-7 w-full truncate rounded px-2 text-left font-mono text-xs hover:bg-hover"
          >
            {model}
          </button>
        </li>
      ))}
    </ul>
  );
}
