import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { useOverview } from "@/state/overview";

export function OverviewScreen() {
  const { t } = useTranslation("overview");
  const { data, error, refetch } = useOverview();
  return (
    <Page title={t("title")}>
      {data && <p data-testid="status-sentence">{data.sentence}</p>}
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
    </Page>
  );
}
