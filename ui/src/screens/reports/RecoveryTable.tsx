import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Recovery, Report } from "@/contract";
import { duration } from "@/lib/format";
import { PARTS } from "./shape";

/** Every recovery with its parts: the figures behind the chart. */
export function RecoveryTable({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const right = "py-1.5 pl-3 text-right font-medium";
  return (
    <Card title={t("table.title")} className="overflow-x-auto">
      {report.recoveries.length === 0 ? (
        <p className="text-muted">{t("table.none")}</p>
      ) : (
        <table className="w-full">
          <thead className="border-b border-line text-left text-xs text-faint">
            <tr>
              <th className="py-1.5 font-medium">{t("table.incident")}</th>
              <th className="py-1.5 pl-3 font-medium">{t("table.started")}</th>
              {PARTS.map((part) => (
                <th key={part} className={right}>
                  {t(`part.${part}`)}
                </th>
              ))}
              <th className={right}>{t("table.service")}</th>
              <th className={right}>{t("table.rto")}</th>
              <th className="py-1.5 pl-6 font-medium">{t("table.verdict")}</th>
            </tr>
          </thead>
          <tbody>
            {report.recoveries.map((recovery) => (
              <Row key={recovery.incident.id} recovery={recovery} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function Row({ recovery }: { recovery: Recovery }) {
  const { incident } = recovery;
  return (
    <tr data-testid="recovery-row" className="border-b border-line last:border-0">
      <td className="max-w-44 truncate py-1.5 normal-nums xl:max-w-72" title={incident.title}>
        <Link to="/incidents/$id" params={{ id: incident.id }} className="rounded hover:underline">
          <span className="text-muted">#{incident.id}</span> {incident.title}
        </Link>
      </td>
      <td className="py-1.5 pl-3">
        <Time at={incident.times.began_ms} />
      </td>
      {PARTS.map((part) => (
        <td key={part} className="py-1.5 pl-3 text-right whitespace-nowrap">
          <Lasted ms={recovery[`${part}_ms`]} />
        </td>
      ))}
      <td className="py-1.5 pl-3 text-right font-medium whitespace-nowrap">
        <Lasted ms={recovery.service_ms} />
      </td>
      <td className="py-1.5 pl-3 text-right whitespace-nowrap">
        <Lasted ms={incident.rto_ms} />
      </td>
      <td className="py-1.5 pl-6">
        <Verdict recovery={recovery} />
      </td>
    </tr>
  );
}

/** A time that may not be known: then no more than a hint of itself. */
const Lasted = ({ ms }: { ms: number | null }) => (
  <span className={ms === null ? "text-faint" : undefined}>{duration(ms)}</span>
);

function Verdict({ recovery }: { recovery: Recovery }) {
  const { t } = useTranslation("reports");
  const within = recovery.within_target;
  if (within === null) {
    return (
      <Badge tone="unknown">
        <CircleDashed aria-hidden />
        {t(recovery.incident.state === "closed" ? "table.unaffected" : "table.undecided")}
      </Badge>
    );
  }
  const Icon = within ? CircleCheck : CircleX;
  return (
    <Badge tone={within ? "good" : "bad"}>
      <Icon aria-hidden />
      {t(within ? "table.within" : "table.missed")}
    </Badge>
  );
}
