import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { TimeChart } from "@/components/chart/TimeChart";
import { ErrorState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { Metric, Series } from "@/contract";
import { type HostError, useHost } from "@/host";
import { useConnection } from "@/state/live";

const METRICS = ["requests", "errors", "first_token", "tokens"] as const satisfies Metric[];
const RANGE_MS = 15 * 60_000;
const POINTS = 180;
const STEP_MS = RANGE_MS / POINTS;
const HEIGHT = 132;

/** Four charts of the last 15 minutes on one time axis; asked for together, and only while they can be seen. */
export const Figures = memo(({ chain }: { chain: string }) => {
  const { t } = useTranslation("overview");
  const host = useHost();
  const lost = useConnection((state) => state.link === "lost");
  const { data, error, refetch } = useQuery<Series[], HostError>({
    queryKey: ["series", METRICS, chain],
    queryFn: () =>
      Promise.all(
        METRICS.map((metric) =>
          host.rpc("series", { metric, of: chain, range_ms: RANGE_MS, points: POINTS }),
        ),
      ),
    refetchInterval: ({ state }) => !lost && untilNext(state.data?.[0]),
    staleTime: 0,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
  });
  if (error && !data) return <ErrorState error={error} onRetry={refetch} />;
  return (
    <Card title={t("charts.title")}>
      <div className="grid grid-cols-1 gap-x-6 gap-y-4 [&_figure>:last-child]:mt-auto min-[1180px]:grid-cols-2">
        {METRICS.map((metric, at) => {
          const series = data?.[at];
          if (!series) return <Skeleton key={metric} className="h-[160px]" />;
          const label = t(`charts.${metric}`);
          const none = metric === "errors" ? t("charts.no_errors") : undefined;
          return (
            <TimeChart
              key={metric}
              series={series}
              height={HEIGHT}
              label={label}
              syncKey="overview"
              none={none}
            />
          );
        })}
      </div>
    </Card>
  );
});

/** Until the engine has another point: it closes one each step. Bounded, as its clock may not be this machine's. */
function untilNext(series: Series | undefined): number {
  const newest = series?.at_ms.at(-1) ?? 0;
  return Math.min(STEP_MS, Math.max(1000, newest + 2 * STEP_MS + 200 - Date.now()));
}
