import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";
import { duration } from "@/lib/format";

/** Each component's target against the worst of the period. */
export function Targets({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  return (
    <Card title={t("targets.title")}>
      <table className="w-full" data-testid="report-targets">
        <thead className="border-b border-line text-left text-xs text-faint">
          <tr>
            <th className="py-1 font-medium">{t("targets.component")}</th>
            <th className="py-1 text-right font-medium">{t("targets.target")}</th>
            <th className="py-1 text-right font-medium">{t("targets.measured")}</th>
            <th className="py-1 pl-4 font-medium">{t("targets.held")}</th>
          </tr>
        </thead>
        <tbody>
          {report.targets.map((target) => (
            <tr key={target.component} className="border-b border-line last:border-0">
              <td className="py-1.5">
                {target.component}
                <span className="block text-xs text-faint">{target.source}</span>
              </td>
              <td className="py-1.5 text-right whitespace-nowrap">{duration(target.target_ms)}</td>
              <td className="py-1.5 text-right whitespace-nowrap">{duration(target.measured_ms)}</td>
              <td className="py-1.5 pl-4">
                {target.held === null ? (
                  <Badge>{t("targets.not_measured")}</Badge>
                ) : (
                  <Badge tone={target.held ? "good" : "bad"}>
                    {target.held ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}
                    {t(target.held ? "targets.yes" : "targets.no")}
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
