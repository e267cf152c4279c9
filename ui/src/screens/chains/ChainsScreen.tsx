import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { useRpc } from "@/state/rpc";

export function ChainsScreen() {
  const { t } = useTranslation("chains");
  const { data, error, refetch } = useRpc("config.get", null);
  return (
    <Page title={t("title")}>
      {data?.document.chains.map((chain) => (
        <p key={chain.name}>{chain.name}</p>
      ))}
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
    </Page>
  );
}
