import { getRouteApi, Link } from "@tanstack/react-router";
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Button, buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { type IncidentFilter, KIND_FILTERS, readFilter, STATE_FILTERS, writeFilter } from "./filter";
import { IncidentTable } from "./IncidentTable";
import { Pager } from "./Pager";
import { NEWEST, useIncidents } from "./useIncidents";

const route = getRouteApi("/incidents");

export function IncidentsScreen() {
  const { t } = useTranslation("incidents");
  const filter = readFilter(route.useSearch());
  const navigate = route.useNavigate();
  const change = (part: Partial<IncidentFilter>) =>
    void navigate({ search: writeFilter({ ...filter, page: 1, ...part }), replace: true });
  const { page, error, refetch } = useIncidents(filter);
  return (
    <Page title={t("title")} actions={<Filters filter={filter} onChange={change} />}>
      {!page && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={6} />)}
      {page && error && <ErrorState error={error} onRetry={refetch} />}
      {page?.cut && (
        <p className="text-muted">{t("filter.newest_only", { limit: NEWEST, total: page.recorded })}</p>
      )}
      {page && page.total === 0 && (
        <Card>
          <Nothing recorded={page.recorded} onClear={() => change({ state: "all", traffic: "all" })} />
        </Card>
      )}
      {page && page.total > 0 && (
        <>
          <IncidentTable incidents={page.rows} />
          <Pager
            skip={page.skip}
            shown={page.rows.length}
            total={page.total}
            onPage={(step) => change({ page: filter.page + step })}
          />
        </>
      )}
    </Page>
  );
}

function Filters({
  filter,
  onChange,
}: {
  filter: IncidentFilter;
  onChange: (part: Partial<IncidentFilter>) => void;
}) {
  const { t } = useTranslation("incidents");
  return (
    <>
      <Segmented
        label={t("filter.state")}
        value={filter.state}
        options={STATE_FILTERS.map((value) => ({ value, label: t(`filter.states.${value}`) }))}
        onChange={(state) => onChange({ state })}
      />
      <Segmented
        label={t("filter.traffic")}
        value={filter.traffic}
        options={KIND_FILTERS.map((value) => ({ value, label: t(`filter.kinds.${value}`) }))}
        onChange={(traffic) => onChange({ traffic })}
      />
    </>
  );
}

function Nothing({ recorded, onClear }: { recorded: number; onClear: () => void }) {
  const { t } = useTranslation("incidents");
  const icon = <ShieldCheck aria-hidden />;
  if (recorded === 0) {
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
  return (
    <EmptyState
      icon={icon}
      title={t("empty.none_match")}
      action={<Button onClick={onClear}>{t("empty.clear")}</Button>}
    />
  );
}
