import { keepPreviousData } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TimeChart } from "@/components/chart/TimeChart";
import { ErrorState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import type { Metric } from "@/contract";
import { useRpc } from "@/state/rpc";
import { inGib } from "./gpu";
import { RANGE_NAMES, RANGES, type RangeName, readRange } from "./range";

const CHARTS = [
  { metric: "gpu_utilisation", name: "utilisation" },
  { metric: "gpu_memory", name: "memory" },
  { metric: "gpu_temperature", name: "temperature" },
  { metric: "gpu_power", name: "power" },
  { metric: "first_token", name: "first_token" },
] as const satisfies readonly { metric: Metric; name: string }[];

const POINTS = 300;
const HEIGHT = 168;
const route = getRouteApi("/gpus");

/** The GPUs' figures over time, a line per GPU, with one cursor over all charts. */
export function GpuHistory() {
  const { t } = useTranslation("gpus");
  const range = readRange(route.useSearch());
  const navigate = route.useNavigate();
  return (
    <Card
      title={t("history")}
      aside={
        <Segmented
          label={t("range")}
          value={range}
          options={RANGE_NAMES.map((name) => ({ value: name, label: t(`ranges.${name}`) }))}
          onChange={(next) => void navigate({ search: { range: next }, replace: true })}
        />
      }
    >
      <div className="grid gap-x-6 gap-y-4 lg:grid-cols-2">
        {CHARTS.map(({ metric, name }) => (
          <MetricChart key={metric} metric={metric} range={range} label={t(name)} />
        ))}
      </div>
      <p className="mt-3 text-xs text-faint">{t("history_note")}</p>
    </Card>
  );
}

function MetricChart({ metric, range, label }: { metric: Metric; range: RangeName; label: string }) {
  const { reach, every } = RANGES[range];
  const request = { metric, of: null, range_ms: reach, points: POINTS };
  const { data, error, refetch } = useRpc("series", request, {
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });
  if (data) return <TimeChart series={inGib(data)} height={HEIGHT} label={label} syncKey="gpus" />;
  return error ? <ErrorState error={error} onRetry={refetch} /> : <Skeleton className="h-48" />;
}
