import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { StackedBars } from "@/components/chart/StackedBars";
import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import type { Report } from "@/contract";
import { duration } from "@/lib/format";
import { type Extent, MOST_BARS, PARTS, toBars } from "./shape";

const HEIGHT = 220;

/** The parts of each recovery against the target. */
export function RecoveryChart({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const [extent, setExtent] = useState<Extent>("service");
  const bars = useMemo(() => toBars(report.recoveries, extent), [report.recoveries, extent]);
  if (bars.length === 0) return null;
  const target = duration(report.rto_target_ms);
  const within = report.recoveries.filter((recovery) => recovery.within_target === true).length;
  return (
    <Card
      data-testid="report-chart"
      title={t("chart.title")}
      aside={
        <Segmented
          label={t("chart.view")}
          value={extent}
          options={[
            { value: "service", label: t("chart.until_failover") },
            { value: "whole", label: t("chart.whole") },
          ]}
          onChange={setExtent}
        />
      }
    >
      <StackedBars
        bars={bars}
        parts={PARTS.slice(0, extent === "whole" ? 4 : 3).map((part) => t(`part.${part}`))}
        target={extent === "service" ? report.rto_target_ms : null}
        targetLabel={t("chart.target", { target })}
        height={HEIGHT}
        format={duration}
        summary={t("chart.summary", { count: bars.length, target, within })}
      />
      <p className="mt-2 text-xs text-faint">
        {t(extent === "service" ? "chart.hint" : "chart.hint_whole")}
        {report.recoveries.length > MOST_BARS &&
          ` ${t("chart.newest", { count: MOST_BARS, total: report.recoveries.length })}`}
      </p>
    </Card>
  );
}
