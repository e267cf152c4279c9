import { keepPreviousData } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { TimeChart } from "@/components/chart/TimeChart";
import { ErrorState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { Metric } from "@/contract";
import { useConnection } from "@/state/live";
import { useRpc } from "@/state/rpc";

const METRICS = ["requests", "errors", "first_token", "tokens"] as const satisfies Metric[];
const RANGE_MS = 15 * 60_000;
const POINTS = 180;
const EVERY_MS = 2000;
const HEIGHT = 132;

/** Four charts of the last 15 minutes on one time axis; asked for only while they can be seen. */
export function Figures({ chain }: { chain: string }) {
  const { t } = useTranslation("overview");
  return (
    <Card title={t("charts.title")}>
      <div className="grid grid-cols-1 gap-x-6 gap-y-4 [&_figure>:last-child]:mt-auto min-[1180px]:grid-cols-2">
        {METRICS.map((metric) => (
          <Figure key={metric} metric={metric} chain={chain} />
        ))}
      </div>
    </Card>
  );
}

function Figure({ metric, chain }: { metric: (typeof METRICS)[number]; chain: string }) {
  const { t } = useTranslation("overview");
  const link = useConnection((state) => state.link);
  const request = { metric, of: chain, range_ms: RANGE_MS, points: POINTS };
  const { data, error, refetch } = useRpc("series", request, {
    refetchInterval: link === "lost" ? false : EVERY_MS,
    staleTime: 0,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
  });
  if (data)
    return <TimeChart series={data} height={HEIGHT} label={t(`charts.${metric}`)} syncKey="overview" />;
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  return <Skeleton className="h-[160px]" />;
}
