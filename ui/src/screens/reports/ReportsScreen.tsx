import { keepPreviousData } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { ReportRequest } from "@/contract";
import { moment } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { useRpc } from "@/state/rpc";
import { Controls } from "./Controls";
import { ExportMenu } from "./ExportMenu";
import { type ReportChoice, readChoice, toRequest } from "./period";
import { ReportView } from "./ReportView";
import { holdsNothing } from "./shape";

/** A period that ends now moves on by this step, so that its report is asked for once a minute and not every second. */
const STEP_MS = 60_000;
const route = getRouteApi("/reports");

export function ReportsScreen() {
  const { t } = useTranslation("reports");
  const search = route.useSearch();
  const choice = useMemo(() => readChoice(search), [search]);
  const minute = useFromNow((now) => Math.ceil(now / STEP_MS) * STEP_MS);
  const request = useMemo(() => toRequest(choice, minute), [choice, minute]);
  const navigate = route.useNavigate();
  const change = (next: ReportChoice) => void navigate({ search: next, replace: true });
  return (
    <Page
      title={t("title")}
      lead={request && t("lead", { from: moment(request.from_ms), to: moment(request.to_ms) })}
      actions={request && <ExportMenu request={request} />}
    >
      <Controls choice={choice} onChange={change} />
      {request ? (
        <Loaded request={request} onOther={() => change({ ...choice, simulated: !choice.simulated })} />
      ) : (
        <Incomplete choice={choice} />
      )}
    </Page>
  );
}

function Incomplete({ choice }: { choice: ReportChoice }) {
  const { t } = useTranslation("reports");
  const whole = choice.from !== undefined && choice.to !== undefined;
  return <p className="text-muted">{t(whole ? "custom_reversed" : "custom_incomplete")}</p>;
}

function Loaded({ request, onOther }: { request: ReportRequest; onOther: () => void }) {
  const { t } = useTranslation("reports");
  const { data, error, refetch } = useRpc("report", request, { placeholderData: keepPreviousData });
  if (data === undefined) {
    return error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={5} />;
  }
  if (holdsNothing(data)) {
    return (
      <Card>
        <EmptyState
          icon={<ChartColumn aria-hidden />}
          title={t("none_title")}
          action={<Button onClick={onOther}>{t(data.simulated ? "show_real" : "show_simulated")}</Button>}
        >
          {t(data.simulated ? "none_text_simulated" : "none_text_real")}
        </EmptyState>
      </Card>
    );
  }
  return <ReportView report={data} />;
}
