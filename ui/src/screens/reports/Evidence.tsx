import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";

/** Of each chain, whether what is known of its recovery is still true. */
export function Evidence({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  if (report.evidence.length === 0) return null;
  return (
    <Card title={t("evidence.title")} data-testid="report-evidence">
      <ul className="flex flex-col divide-y divide-line">
        {report.evidence.map((proof) => (
          <li key={proof.chain} className="flex items-start justify-between gap-3 py-2 first:pt-0 last:pb-0">
            <div className="min-w-0">
              <span className="font-medium">{proof.chain}</span>
              <p className="text-muted">{proof.why}</p>
              <p className="text-xs text-faint">
                {t("evidence.last")}{" "}
                {proof.proven_ms === null ? t("evidence.never") : <Time at={proof.proven_ms} />}
                {proof.incident !== null && (
                  <>
                    {" · "}
                    <Link
                      to="/incidents/$id"
                      params={{ id: proof.incident }}
                      className="rounded underline underline-offset-2"
                    >
                      #{proof.incident}
                    </Link>
                  </>
                )}
                {proof.changed_ms !== null && (
                  <>
                    {" · "}
                    {t("evidence.changed")} <Time at={proof.changed_ms} />
                  </>
                )}
              </p>
            </div>
            <Badge tone={proof.stale ? "warn" : "good"}>
              {proof.stale ? <TriangleAlert aria-hidden /> : <CircleCheck aria-hidden />}
              {t(proof.stale ? "evidence.stale" : "evidence.good")}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}
