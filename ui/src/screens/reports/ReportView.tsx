import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import { useCause } from "@/components/use-cause";
import type { Report } from "@/contract";
import { figure } from "@/lib/format";
import { Cost } from "./Cost";
import { Definitions } from "./Definitions";
import { Evidence } from "./Evidence";
import { Figures } from "./Figures";
import { Parts } from "./Parts";
import { RecoveryChart } from "./RecoveryChart";
import { RecoveryTable } from "./RecoveryTable";
import { Scatter } from "./Scatter";
import { Targets } from "./Targets";

/** Everything a report says, from the figures down to the definitions. */
export function ReportView({ report }: { report: Report }) {
  return (
    <>
      <Figures report={report} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Targets report={report} />
        <div className="flex flex-col gap-4">
          <Evidence report={report} />
          <Cost report={report} />
          <Causes report={report} />
        </div>
      </div>
      <Parts report={report} />
      <Scatter report={report} />
      <RecoveryChart report={report} />
      <RecoveryTable report={report} />
      <Definitions report={report} />
    </>
  );
}

function Causes({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const cause = useCause();
  const most = Math.max(1, ...report.by_cause.map(({ count }) => count));
  return (
    <Card title={t("cause.title")}>
      {report.by_cause.length === 0 && <p className="text-muted">{t("cause.none")}</p>}
      <dl className="grid grid-cols-[max-content_1fr_max-content] items-center gap-x-3 gap-y-1.5">
        {report.by_cause.map((entry) => (
          <div key={entry.cause} className="contents">
            <dt>{cause(entry.cause)}</dt>
            <dd aria-hidden className="h-2 rounded-full bg-hover">
              <div
                className="h-full rounded-full bg-(--series-1)"
                style={{ width: `${(entry.count / most) * 100}%` }}
              />
            </dd>
            <dd className="numeric text-right">{figure(entry.count)}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
