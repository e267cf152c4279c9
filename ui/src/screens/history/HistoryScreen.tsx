import { getRouteApi } from "@tanstack/react-router";
import { Search, Shuffle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ListExport } from "@/components/list-export";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Until } from "@/components/until";
import { useHost } from "@/host";
import { useRows } from "@/state/rows";
import { ListFoot } from "../incidents/ListFoot";
import { askedHistory, DIRECTIONS, type HistorySearch, SPANS, TRAFFIC } from "./filter";
import { HistoryTable } from "./HistoryTable";

const route = getRouteApi("/history");

/** Every change-over: searched, narrowed down, paged, exported. */
export function HistoryScreen() {
  const { t } = useTranslation("incidents");
  const host = useHost();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q = "", direction = "all", traffic = "all", days = "0", until = "" } = search;
  const change = (part: HistorySearch) => void navigate({ search: { ...search, ...part }, replace: true });
  const narrowed = q.trim() !== "" || direction !== "all" || traffic !== "all" || days !== "0";
  const filter = askedHistory(search, new Date().setHours(0, 0, 0, 0));
  const { rows, total, loaded, error, refetch, more } = useRows("history", filter, async (page) => {
    const answer = await host.rpc("history", { offset: 0, filter, ...page });
    return { rows: answer.changes, total: answer.total };
  });
  return (
    <Page
      back={{ to: "/incidents", label: t("title") }}
      title={t("history.title")}
      lead={t("history.lead")}
      actions={<ListExport ask={(format) => host.rpc("history.export", { filter, format })} />}
    >
      <div className="flex flex-wrap items-center gap-2">
        <div className="relative">
          <Search className="absolute top-2 left-2.5 size-4 text-faint" aria-hidden />
          <Input
            type="search"
            aria-label={t("history.search")}
            placeholder={t("history.search")}
            value={q}
            onChange={(event) => change({ q: event.target.value })}
            className="w-64 pl-8"
          />
        </div>
        <Segmented
          label={t("history.direction")}
          value={direction}
          options={DIRECTIONS.map((value) => ({ value, label: t(`history.directions.${value}`) }))}
          onChange={(next) => change({ direction: next })}
        />
        <Segmented
          label={t("filter.traffic")}
          value={traffic}
          options={TRAFFIC.map((value) => ({ value, label: t(`filter.kinds.${value}`) }))}
          onChange={(next) => change({ traffic: next })}
        />
        <div className="w-40">
          <Select
            aria-label={t("history.span")}
            value={days}
            options={SPANS.map((value) => ({ value, label: t(`history.spans.${value}`) }))}
            onChange={(next) => change({ days: next })}
          />
        </div>
        <Until day={until} onChange={(day) => change({ until: day })} />
      </div>
      {error && <ErrorState error={error} onRetry={refetch} />}
      {!loaded && !error && <LoadingState rows={6} />}
      {loaded && rows.length === 0 && (
        <Card>
          <EmptyState
            icon={<Shuffle aria-hidden />}
            title={t(narrowed ? "history.none" : "history.none_yet")}
            action={
              narrowed && (
                <Button onClick={() => void navigate({ search: {}, replace: true })}>
                  {t("empty.clear")}
                </Button>
              )
            }
          >
            {t(narrowed ? "history.none_text" : "history.none_yet_text")}
          </EmptyState>
        </Card>
      )}
      {rows.length > 0 && (
        <>
          <HistoryTable changes={rows} total={total} onEnd={more} />
          <ListFoot shown={rows.length} total={total} />
        </>
      )}
    </Page>
  );
}
