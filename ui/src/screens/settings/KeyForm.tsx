import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { type KeyEntry, keyEntry } from "./key-entry";
import { useStoreKey } from "./useStoreKey";

const BLANK: KeyEntry = { name: "", secret: "" };

/** Stores a key. The secret leaves the form as soon as it is stored and is held nowhere else in the page. */
export function KeyForm({ names }: { names: readonly string[] }) {
  const { t } = useTranslation("settings");
  const { pending, error, store } = useStoreKey();
  const { register, handleSubmit, reset, watch, formState } = useForm<KeyEntry>({
    resolver: zodResolver(keyEntry),
    defaultValues: BLANK,
  });
  const save = handleSubmit(async (entry) => {
    if (!(await store(entry))) return;
    toast.success(t("keys.saved", { name: entry.name }));
    reset(BLANK);
  });
  const name = watch("name").trim();
  const { errors } = formState;
  return (
    <form onSubmit={(event) => void save(event)} className="border-t border-line pt-3" autoComplete="off">
      <h3 className="mb-2 font-medium">{t("keys.add")}</h3>
      <div className="grid items-start gap-3 sm:grid-cols-[220px_1fr_auto]">
        <Field
          label={t("keys.name")}
          hint={names.includes(name) ? t("keys.replace") : t("keys.name_hint", { name: name || "NAME" })}
          error={errors.name && (errors.name.message === "empty" ? t("keys.name_empty") : t("keys.name_bad"))}
        >
          {(aria) => (
            <Input {...aria} {...register("name")} data-testid="key-name" placeholder="openai-prod" />
          )}
        </Field>
        <Field
          label={t("keys.secret")}
          hint={t("keys.secret_hint")}
          error={errors.secret && t("keys.secret_empty")}
        >
          {(aria) => (
            <Input
              {...aria}
              {...register("secret")}
              type="password"
              autoComplete="new-password"
              data-testid="key-secret"
            />
          )}
        </Field>
        <Button type="submit" kind="primary" className="sm:mt-5" data-testid="key-save" disabled={pending}>
          {t("keys.save")}
        </Button>
      </div>
      {error && (
        <div className="mt-3">
          <ErrorState error={error} />
        </div>
      )}
    </form>
  );
}
