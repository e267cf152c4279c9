import { Plus, X } from "lucide-react";
import { Controller, useFieldArray, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { Provider, QualityImpact } from "@/contract";
import { providerName } from "@/lib/words";
import { useRpc } from "@/state/rpc";
import { toReplica } from "../replica-values";
import type { TierValues } from "../tier-values";
import { KeyField } from "./KeyField";
import { ModelField } from "./ModelField";
import { Reach } from "./Reach";
import { TextField, useExplain } from "./TextField";

/** Local servers first. */
const PROVIDERS: Provider[] = [
  "vllm",
  "ollama",
  "llama.cpp",
  "sglang",
  "tgi",
  "lmstudio",
  "other",
  "openai",
  "azure",
  "anthropic",
  "gemini",
  "bedrock",
  "openrouter",
  "groq",
  "mistral",
  "deepseek",
  "together",
  "practice",
];

const PLACEHOLDERS: Partial<Record<Provider, string>> = {
  vllm: "http://127.0.0.1:8000",
  sglang: "http://127.0.0.1:30000",
  tgi: "http://127.0.0.1:8080",
  "llama.cpp": "http://127.0.0.1:8080",
  lmstudio: "http://127.0.0.1:1234",
  ollama: "http://127.0.0.1:11434",
  openai: "https://api.openai.com/v1",
  azure: "https://RESOURCE.openai.azure.com",
  anthropic: "https://api.anthropic.com",
  gemini: "https://generativelanguage.googleapis.com/v1beta",
  bedrock: "https://bedrock-runtime.REGION.amazonaws.com",
  openrouter: "https://openrouter.ai/api/v1",
  groq: "https://api.groq.com/openai/v1",
  mistral: "https://api.mistral.ai/v1",
  deepseek: "https://api.deepseek.com",
  together: "https://api.together.ai/v1",
  practice: "practice://gpu",
};

const QUALITIES: QualityImpact[] = ["low", "medium", "high"];

export function BasicFields() {
  const { t } = useTranslation("chains");
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-3">
      <TextField name="name" label={t("field.name")} hint={t("field.name_hint")} />
      <ProviderField />
      <Urls />
      <ModelField />
      <KeyField />
      <QualityField />
    </div>
  );
}

function ProviderField() {
  const { t } = useTranslation("chains");
  const { control, formState } = useFormContext<TierValues>();
  const explain = useExplain();
  return (
    <Controller
      control={control}
      name="provider"
      render={({ field }) => {
        const known = PROVIDERS.includes(field.value as Provider);
        const options = (known ? PROVIDERS : [...PROVIDERS, field.value]).map((value) => ({
          value,
          label: providerName(value),
        }));
        return (
          <Field label={t("field.provider")} error={explain(formState.errors.provider)}>
            {(aria) => (
              <Select
                {...aria}
                data-testid="field-provider"
                value={field.value}
                onChange={field.onChange}
                options={options}
              />
            )}
          </Field>
        );
      }}
    />
  );
}

function Urls() {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  const { fields, append, remove } = useFieldArray({ control, name: "replicas" });
  const provider = useWatch({ control, name: "provider" }) as Provider;
  const { data: practice } = useRpc("practice", null);
  const names = practice?.servers.map(({ name }) => name).join(", ") ?? "";
  const hints: Partial<Record<Provider, string>> = {
    practice: t("field.url_practice", { names }),
    azure: t("field.url_azure"),
    bedrock: t("field.url_bedrock"),
  };
  const hint = hints[provider] ?? t("field.url_hint");
  const many = fields.length > 1;
  return (
    <div className="col-span-2 flex flex-col gap-2">
      {fields.map((field, index) => (
        <div key={field.id} className="flex items-start gap-1">
          <div className="flex min-w-0 flex-1 flex-col gap-1">
            <TextField
              mono
              name={`replicas.${index}.url`}
              label={many ? t("field.replica", { n: index + 1 }) : t("field.url")}
              hint={index === fields.length - 1 ? hint : undefined}
              placeholder={PLACEHOLDERS[provider]}
            />
            <Reach index={index} />
          </div>
          {many && (
            <Button
              kind="ghost"
              size="icon"
              className="mt-5"
              aria-label={t("field.remove_replica", { n: index + 1 })}
              onClick={() => remove(index)}
            >
              <X aria-hidden />
            </Button>
          )}
        </div>
      ))}
      <Button
        kind="ghost"
        size="sm"
        className="-ml-2 self-start"
        onClick={() => append(toReplica({ url: "" }))}
      >
        <Plus aria-hidden />
        {t("field.add_replica")}
      </Button>
    </div>
  );
}

function QualityField() {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  return (
    <Controller
      control={control}
      name="quality_impact"
      render={({ field }) => (
        <Field label={t("field.quality_impact")} hint={t("field.quality_impact_hint")}>
          {(aria) => (
            <Select
              {...aria}
              value={field.value}
              onChange={field.onChange}
              options={QUALITIES.map((value) => ({ value, label: t(`field.quality.${value}`) }))}
            />
          )}
        </Field>
      )}
    />
  );
}
