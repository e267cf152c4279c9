import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { isEmpty } from "@/components/chart/shape";
import { TimeChart } from "@/components/chart/TimeChart";
import { Card } from "@/components/ui/card";
import type { AroundChart, Incident, IncidentAround } from "@/contract";
import { moment } from "@/lib/format";
import { milestones } from "./milestones";

const HEIGHT = 132;
const NAMES = ["first_token", "errors", "gpu_temperature", "gpu_power"] as const;

/** The figures of an incident's time, with its milestones on them. */
export function Around({ incident, around }: { incident: Incident; around: IncidentAround }) {
  const { t } = useTranslation("incidents");
  const empty = around.charts.every(({ series }) => isEmpty(series));
  return (
    <Card title={t("around.title")} data-testid="incident-around">
      <p className="-mt-1 mb-3 text-xs text-faint">
        {t("around.lead", { from: moment(around.from_ms), to: moment(around.to_ms) })}
      </p>
      {empty ? (
        <p className="text-muted">{t("around.nothing")}</p>
      ) : (
        <div className="grid grid-cols-1 gap-x-6 gap-y-4 min-[1180px]:grid-cols-2">
          {around.charts.map((chart) => (
            <Chart key={chart.metric} chart={chart} incident={incident} />
          ))}
        </div>
      )}
    </Card>
  );
}

function Chart({ chart, incident }: { chart: AroundChart; incident: Incident }) {
  const { t } = useTranslation("incidents");
  const name = NAMES.find((known) => known === chart.metric) ?? "errors";
  const series = useMemo(() => {
    const reached = milestones(incident.times, null).flatMap(({ name: which, at }) =>
      at === null ? [] : [{ at_ms: at, label: t(`milestone.${which}`) }],
    );
    return { ...chart.series, marks: [...chart.series.marks, ...reached].sort((a, b) => a.at_ms - b.at_ms) };
  }, [chart.series, incident.times, t]);
  return <TimeChart series={series} height={HEIGHT} label={t(`around.${name}`)} syncKey="incident" />;
}
