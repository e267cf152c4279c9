import { keepPreviousData } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Search, Shuffle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ListExport } from "@/components/list-export";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useHost } from "@/host";
import { useRpc } from "@/state/rpc";
import { Pager } from "../incidents/Pager";
import { askedHistory, DIRECTIONS, type HistorySearch, PAGE_SIZE, SPANS, TRAFFIC } from "./filter";
import { HistoryTable } from "./HistoryTable";

const route = getRouteApi("/history");

/** Every change-over: searched, narrowed down, paged, exported. */
export function HistoryScreen() {
  const { t } = useTranslation("incidents");
  const host = useHost();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q = "", direction = "all", traffic = "all", days = "0", page = 1 } = search;
  const change = (part: HistorySearch) =>
    void navigate({ search: { ...search, page: 1, ...part }, replace: true });
  const filter = askedHistory(search, new Date().setHours(0, 0, 0, 0));
  const skip = (page - 1) * PAGE_SIZE;
  const { data, error, refetch } = useRpc(
    "history",
    { limit: PAGE_SIZE, offset: skip, filter },
    { placeholderData: keepPreviousData },
  );
  return (
    <>
      <Link
        to="/incidents"
        className="mx-6 mt-4 -mb-4 inline-flex items-center gap-1 rounded text-xs text-muted hover:text-ink"
      >
        <ArrowLeft className="size-3.5" aria-hidden />
        {t("title")}
      </Link>
      <Page
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
        </div>
        {error && <ErrorState error={error} onRetry={refetch} />}
        {!data && !error && <LoadingState rows={6} />}
        {data && data.total === 0 && (
          <Card>
            <EmptyState icon={<Shuffle aria-hidden />} title={t("history.none")}>
              {t("history.none_text")}
            </EmptyState>
          </Card>
        )}
        {data && data.total > 0 && (
          <>
            <HistoryTable changes={data.changes} />
            <Pager
              skip={skip}
              shown={data.changes.length}
              total={data.total}
              onPage={(step) => void navigate({ search: { ...search, page: page + step }, replace: true })}
            />
          </>
        )}
      </Page>
    </>
  );
}
