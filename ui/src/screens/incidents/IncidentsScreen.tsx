import { getRouteApi, Link } from "@tanstack/react-router";
import { History, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ListExport } from "@/components/list-export";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useHost } from "@/host";
import { BulkBar } from "./BulkBar";
import { DayStrip } from "./DayStrip";
import { asked, type IncidentFilter, NO_FILTER, readFilter, writeFilter } from "./filter";
import { IncidentTable } from "./IncidentTable";
import { ListFilters } from "./ListFilters";
import { ListFoot } from "./ListFoot";
import { useIncidents } from "./useIncidents";
import { ViewsMenu } from "./ViewsMenu";

const route = getRouteApi("/incidents");

export function IncidentsScreen() {
  const { t } = useTranslation("incidents");
  const host = useHost();
  const filter = readFilter(route.useSearch());
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const go = (next: IncidentFilter) => void navigate({ search: writeFilter(next), replace: true });
  const change = (part: Partial<IncidentFilter>) => go({ ...filter, ...part });
  const { rows, total, loaded, error, refetch, more } = useIncidents(filter);
  const ticked = rows.filter(({ id }) => chosen.has(id));
  return (
    <Page
      title={t("title")}
      actions={
        <>
          <Link to="/history" className={buttonClass()}>
            <History aria-hidden />
            {t("history.title")}
          </Link>
          <ViewsMenu filter={filter} onChoose={go} />
          <ListExport ask={(format) => host.rpc("incidents.export", { filter: asked(filter), format })} />
        </>
      }
    >
      <DayStrip filter={filter} onDay={(day) => change({ day })} />
      <ListFilters filter={filter} onChange={change} />
      {!loaded && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={6} />)}
      {loaded && error && <ErrorState error={error} onRetry={refetch} />}
      {loaded && rows.length === 0 && (
        <Card>
          <Nothing filtered={Object.keys(writeFilter(filter)).length > 0} onClear={() => go(NO_FILTER)} />
        </Card>
      )}
      {rows.length > 0 && (
        <>
          <IncidentTable incidents={rows} total={total} chosen={chosen} onChoose={setChosen} onEnd={more} />
          <ListFoot shown={rows.length} total={total} keys />
        </>
      )}
      {ticked.length > 0 && <BulkBar chosen={ticked} onDone={() => setChosen(new Set())} />}
    </Page>
  );
}

function Nothing({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation("incidents");
  const icon = <ShieldCheck aria-hidden />;
  if (filtered) {
    return (
      <EmptyState
        icon={icon}
        title={t("empty.none_match")}
        action={<Button onClick={onClear}>{t("empty.clear")}</Button>}
      />
    );
  }
  return (
    <EmptyState
      icon={icon}
      title={t("empty.title")}
      action={
        <Link to="/" className={buttonClass()}>
          {t("empty.practice")}
        </Link>
      }
    >
      {t("empty.text")}
    </EmptyState>
  );
}
