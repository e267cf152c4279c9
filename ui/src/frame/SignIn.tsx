import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { keepToken } from "@/host/token";

/** What a browser without a valid token sees. */
export function SignIn() {
  const { t } = useTranslation();
  const [pasted, setPasted] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keepToken(pasted);
    location.reload();
  };
  return (
    <main className="flex h-full items-center justify-center p-6">
      <form
        onSubmit={submit}
        className="flex w-full max-w-md flex-col gap-4 rounded-xl border border-line bg-surface p-6"
      >
        <KeyRound className="size-6 text-faint" aria-hidden />
        <div>
          <h1 className="text-lg font-semibold">{t("sign_in.title")}</h1>
          <p className="mt-1 text-muted">{t("sign_in.lead")}</p>
        </div>
        <Field label={t("sign_in.field")} hint={t("sign_in.hint")}>
          {(aria) => (
            <Input
              {...aria}
              type="password"
              value={pasted}
              onChange={(event) => setPasted(event.target.value)}
            />
          )}
        </Field>
        <Button kind="primary" type="submit" disabled={pasted.trim() === ""} className="self-start">
          {t("sign_in.go")}
        </Button>
      </form>
    </main>
  );
}
