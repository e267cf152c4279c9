import { KeyRound, RefreshCw, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import type { KeysPage } from "@/contract";
import { sentence } from "@/lib/sentence";

const EXAMPLE = "export OPENAI_API_KEY=...\nchangeoverd serve\n\n# in the tier:\nkey: env:OPENAI_API_KEY";

interface Props {
  page: KeysPage;
  checking: boolean;
  onCheck: () => void;
}

/** Why no key can be stored, what to do, and the way that works without a keyring. */
export function KeyringProblem({ page, checking, onCheck }: Props) {
  const { t } = useTranslation("settings");
  return (
    <div data-testid="keys-problem" role="status" className="rounded-md bg-warn-soft px-4 py-3">
      <div className="flex items-start gap-3">
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="font-medium text-warn">{t("keys.problem_title")}</p>
          <p className="break-words">{sentence(page.problem ?? "")}</p>
          {page.remedy && <p>{sentence(page.remedy)}</p>}
        </div>
        <Button size="sm" disabled={checking} onClick={onCheck}>
          <RefreshCw aria-hidden />
          {t("keys.check_again")}
        </Button>
      </div>
      <div className="mt-3 ml-7">
        <h3 className="font-medium">{t("keys.env_title")}</h3>
        <p className="max-w-prose">{t("keys.env_text")}</p>
        <pre className="my-2 overflow-x-auto rounded-md bg-surface px-3 py-2 font-mono text-xs">
          {EXAMPLE}
        </pre>
        <p className="text-xs text-muted">{t("keys.env_note")}</p>
      </div>
    </div>
  );
}

/** References that lead nowhere, each with what mends it; `usable` is whether a key can be stored now. */
export function MissingKeys({ references, usable }: { references: readonly string[]; usable: boolean }) {
  const { t } = useTranslation("settings");
  return (
    <div role="status" className="rounded-md bg-bad-soft px-4 py-3">
      <p className="flex items-center gap-3 font-medium text-bad">
        <KeyRound className="size-4 shrink-0" aria-hidden />
        {t("keys.missing_title")}
      </p>
      <ul className="mt-1 ml-7 flex flex-col gap-1">
        {references.map((reference) => (
          <li key={reference} className="flex flex-wrap items-center gap-x-2">
            <code className="font-medium">{reference}</code>
            <CopyButton
              text={reference.slice(reference.indexOf(":") + 1)}
              label={t("keys.copy_name", { reference })}
            />
            <span className="text-muted">
              {reference.startsWith("env:")
                ? t("keys.missing_env")
                : t(usable ? "keys.missing_keyring" : "keys.missing_no_keyring")}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
