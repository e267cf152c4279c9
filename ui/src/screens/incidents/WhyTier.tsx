import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { IncidentAround, TierThen } from "@/contract";
import { clockTime } from "@/lib/clock";
import { sentence } from "@/lib/sentence";

/** Each tier at the moment when another took over, with its reason. */
export function WhyTier({ around }: { around: IncidentAround }) {
  const { t } = useTranslation("incidents");
  const answered = around.tiers.find((tier) => tier.answered);
  const time = clockTime(around.at_ms);
  if (around.tiers.length === 0) return null;
  return (
    <Card title={t("why.title")} data-testid="incident-why">
      <p className="-mt-1 mb-2 text-xs text-faint">
        {answered ? t("why.lead_answered", { tier: answered.tier, time }) : t("why.lead", { time })}
      </p>
      {around.order !== null && <p className="mb-2">{t("why.order", { order: around.order })}</p>}
      <ol className="flex flex-col divide-y divide-line">
        {around.tiers.map((tier, at) => (
          <Row key={tier.tier} tier={tier} place={at + 1} />
        ))}
      </ol>
    </Card>
  );
}

function Row({ tier, place }: { tier: TierThen; place: number }) {
  const { t } = useTranslation("incidents");
  return (
    <li className="grid grid-cols-[1.25rem_1fr_auto] gap-x-2 py-1.5 first:pt-0 last:pb-0">
      <span className="numeric text-faint">{place}</span>
      <div className="min-w-0">
        <span className="font-medium">{tier.tier}</span>{" "}
        <span className="text-muted">{tier.state ?? t("why.no_change")}</span>
        {(tier.why !== "" || tier.since_ms !== null) && (
          <p className="text-xs break-words text-faint">
            {sentence(tier.why).replace(/\.$/, "")}
            {tier.why !== "" && tier.since_ms !== null && " · "}
            {tier.since_ms !== null && (
              <>
                {t("why.since")} <Time at={tier.since_ms} />
              </>
            )}
          </p>
        )}
      </div>
      {tier.answered && (
        <Badge tone="good">
          <CircleCheck aria-hidden />
          {t("why.answered")}
        </Badge>
      )}
      {tier.failed && (
        <Badge tone="bad">
          <CircleX aria-hidden />
          {t("why.failed")}
        </Badge>
      )}
    </li>
  );
}
