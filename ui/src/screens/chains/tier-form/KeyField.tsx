import { get, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { useRpc } from "@/state/rpc";
import type { TierValues } from "../tier-values";
import { useExplain } from "./TextField";

const NONE = "none";
const ENV = "env:";

/** Where the key is: a name in the keyring, or an environment variable. Never the key itself. */
export function KeyField() {
  const { t } = useTranslation("chains");
  const { control, setValue, formState } = useFormContext<TierValues>();
  const explain = useExplain();
  const key = useWatch({ control, name: "key" });
  const provider = useWatch({ control, name: "provider" });
  const { data } = useRpc("keys", null);
  const set = (value: string) => setValue("key", value, { shouldValidate: true, shouldDirty: true });
  const stored = (data?.keys ?? []).map(({ name, last_four }) => ({
    value: `keyring:${name}`,
    label: `${name} (…${last_four})`,
  }));
  const isEnv = key.startsWith(ENV);
  const known = key === "" || isEnv || stored.some(({ value }) => value === key);
  const options = [
    { value: NONE, label: t("field.key_none") },
    ...stored,
    ...(known ? [] : [{ value: key, label: t("field.key_missing", { key }) }]),
    { value: ENV, label: t("field.key_env") },
  ];
  return (
    <div className="flex flex-col gap-2">
      <Field
        label={t("field.key")}
        hint={t(provider === "bedrock" ? "field.key_bedrock" : "field.key_hint")}
        error={isEnv ? undefined : explain(get(formState.errors, "key"))}
      >
        {(aria) => (
          <Select
            {...aria}
            value={key === "" ? NONE : isEnv ? ENV : key}
            options={options}
            onChange={(value) => set(value === NONE ? "" : value)}
          />
        )}
      </Field>
      {isEnv && (
        <Field label={t("field.key_env_name")} error={explain(get(formState.errors, "key"))}>
          {(aria) => (
            <Input
              {...aria}
              className="font-mono text-xs"
              placeholder="OPENAI_API_KEY"
              value={key.slice(ENV.length)}
              onChange={(event) => set(ENV + event.target.value.trim())}
            />
          )}
        </Field>
      )}
    </div>
  );
}
