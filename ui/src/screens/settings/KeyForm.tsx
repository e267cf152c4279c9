import { zodResolver } from "@hookform/resolvers/zod";
import { useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { useCommand } from "@/state/rpc";
import { type KeyEntry, keyEntry } from "./key-entry";

const BLANK: KeyEntry = { name: "", secret: "" };

/** Stores a key. The secret leaves the form as soon as it is stored and is held nowhere else in the page. */
export function KeyForm({ names }: { names: readonly string[] }) {
  const { t } = useTranslation("settings");
  const client = useQueryClient();
  const store = useCommand("key.set");
  const { register, handleSubmit, reset, watch, formState } = useForm<KeyEntry>({
    resolver: zodResolver(keyEntry),
    defaultValues: BLANK,
  });
  const save = handleSubmit((entry) =>
    store.mutate(entry, {
      onSuccess: (page) => {
        client.setQueryData(["keys", null], page);
        toast.success(t("keys.saved", { name: entry.name }));
        reset(BLANK);
        // The mutation remembers what it sent.
        store.reset();
      },
    }),
  );
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
        <Button
          type="submit"
          kind="primary"
          className="sm:mt-5"
          data-testid="key-save"
          disabled={store.isPending}
        >
          {t("keys.save")}
        </Button>
      </div>
      {store.error && (
        <div className="mt-3">
          <ErrorState error={store.error} />
        </div>
      )}
    </form>
  );
}
