import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import type { KeysPage } from "@/contract";
import { useRpc } from "@/state/rpc";
import { KeyForm } from "./KeyForm";
import { KeyringProblem, MissingKeys } from "./KeyProblems";
import { KeyTable } from "./KeyTable";

/** Provider keys: which there are, what is wrong with them, and a form to store one. */
export function KeysSection() {
  const { t } = useTranslation("settings");
  const { data, error, refetch, isFetching } = useRpc("keys", null, { staleTime: 0 });
  return (
    <Card title={t("keys.title")}>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data && <Keys page={data} checking={isFetching} onCheck={() => void refetch()} />}
    </Card>
  );
}

interface KeysProps {
  page: KeysPage;
  checking: boolean;
  onCheck: () => void;
}

function Keys({ page, checking, onCheck }: KeysProps) {
  const { t } = useTranslation("settings");
  const usable = page.problem === null;
  return (
    <div className="flex flex-col gap-4">
      {usable ? (
        <p className="text-muted">{t("keys.intro", { store: page.store })}</p>
      ) : (
        <KeyringProblem page={page} checking={checking} onCheck={onCheck} />
      )}
      {page.missing.length > 0 && <MissingKeys references={page.missing} usable={usable} />}
      {page.keys.length > 0 && <KeyTable keys={page.keys} />}
      {page.keys.length === 0 && usable && <p>{t("keys.none")}</p>}
      {usable && <KeyForm names={page.keys.map((key) => key.name)} />}
    </div>
  );
}
