import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { FallbackCost, Incident } from "@/contract";
import { dollars, duration, figure } from "@/lib/format";
import { sentence } from "@/lib/sentence";

const KINDS = [
  ...(["outage", "rate_limit", "degradation", "model", "gpu"] as const),
  ...(["credential", "quality", "cost", "safety", "all_down"] as const),
] as const;

/** What an incident did to requests. */
export function Impact({ incident, cost }: { incident: Incident; cost: FallbackCost | null }) {
  const { t } = useTranslation("incidents");
  const kind = KINDS.find((name) => name === incident.kind);
  const facts = [
    [t("detail.kind"), kind ? t(`kinds.${kind}`) : incident.kind],
    [t("detail.where"), `${incident.chain} / ${incident.tier}`],
    [t("detail.saved"), figure(incident.saved)],
    [t("detail.failed"), figure(incident.failed)],
    [t("detail.relapses"), figure(incident.relapses)],
    [t("detail.rto"), incident.rto_ms === null ? t("detail.rto_open") : duration(incident.rto_ms)],
    [t("detail.rpo"), t("detail.rpo_none")],
    ...(cost === null
      ? []
      : ([
          [t("detail.extra_cost"), dollars(cost.fallback - cost.instead + cost.wasted)],
          [t("detail.wasted"), dollars(cost.wasted)],
        ] as const)),
  ] as const;
  return (
    <Card title={t("detail.facts")}>
      <dl className="flex flex-col gap-1.5">
        {facts.map(([name, value]) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="shrink-0 text-muted">{name}</dt>
            <dd className="numeric min-w-0 text-right break-words">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 border-t border-line pt-2 text-muted">{t("detail.cause")}</p>
      <p className="break-words">{sentence(incident.cause) || figure(null)}</p>
      <p className="mt-2 text-xs text-faint">
        {t("detail.rto_hint")} {t("detail.rpo_hint")} {cost !== null && t("detail.cost_hint")}
      </p>
    </Card>
  );
}
