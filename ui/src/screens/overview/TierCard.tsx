import { ArrowRightLeft, Gauge, PowerOff } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { EngineLoad } from "@/components/engine-load";
import { FiguresButton } from "@/components/figures-button";
import { quotaLeft } from "@/components/figures-table";
import { HealthBadge } from "@/components/health";
import { RestartNote } from "@/components/restart-note";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Tooltip } from "@/components/ui/tooltip";
import type { TierView } from "@/contract";
import { cn } from "@/lib/cn";
import { duration, figure, percent } from "@/lib/format";
import { providerName } from "@/lib/words";
import { BreakerState } from "./BreakerState";
import { ChecksBar } from "./ChecksBar";
import { summarise } from "./summary";

interface Props {
  tier: TierView;
  position: number;
  serving: boolean;
}

/** A tier and what is known of it; drawn again only when that changed. */
export const TierCard = memo(({ tier, position, serving }: Props) => {
  const { t } = useTranslation("overview");
  const summary = summarise(tier);
  return (
    <article
      data-testid={`tier-card-${tier.name}`}
      className={cn(
        "flex min-w-0 flex-1 flex-col gap-2.5 rounded-lg border bg-surface p-3",
        serving ? "border-accent" : "border-line",
      )}
    >
      <header>
        <div className="flex items-center justify-between gap-2">
          <h2 className="flex min-w-0 items-center gap-1.5 font-semibold">
            <span className="numeric text-faint" title={t("tier.position", { n: position })}>
              {position}
            </span>
            <span className="truncate" title={tier.name}>
              {tier.name}
            </span>
          </h2>
          {tier.enabled ? <HealthBadge health={summary.health} /> : <Disabled />}
        </div>
        <div className="flex items-center justify-between gap-2 text-xs">
          <p className="truncate text-muted" title={`${providerName(tier.provider)} · ${tier.model}`}>
            {providerName(tier.provider)} · {tier.model}
          </p>
          {serving && (
            <span className="flex shrink-0 items-center gap-1 font-medium text-accent">
              <ArrowRightLeft className="size-3" aria-hidden />
              {t("tier.answering")}
            </span>
          )}
        </div>
      </header>
      <Numbers tier={tier} />
      <div className="flex flex-col gap-1 text-xs text-muted">
        <div className="flex items-center justify-between gap-2">
          {summary.breaker && <BreakerState replica={summary.breaker} />}
          <FiguresButton tier={tier} className="-my-1 -mr-2 ml-auto" />
        </div>
        <Quota tier={tier} />
        {tier.replicas.length > 1 && (
          <span>{t("tier.replicas", { up: summary.healthy, count: tier.replicas.length })}</span>
        )}
        {tier.enabled && <Held tier={tier} />}
      </div>
      <div className="mt-auto flex flex-col gap-1">
        {tier.replicas.map((replica) => (
          <EngineLoad key={replica.id} load={replica.load} />
        ))}
        {tier.replicas.map((replica) => (
          <RestartNote key={replica.id} restart={replica.restart} />
        ))}
        {tier.replicas.map((replica) => (
          <ChecksBar key={replica.id} name={replica.url} checks={replica.checks} />
        ))}
      </div>
    </article>
  );
});

function Disabled() {
  const { t } = useTranslation("overview");
  return (
    <Badge tone="unknown">
      <PowerOff aria-hidden />
      {t("tier.disabled")}
    </Badge>
  );
}

/** Why no request goes there, and the last error in full on hover. */
function Held({ tier }: { tier: TierView }) {
  const { t } = useTranslation("overview");
  const cooling = tier.replicas.find((replica) => replica.cool_down_until_ms !== null);
  const failed = tier.replicas.find((replica) => replica.last_error !== null && replica.health !== "healthy");
  // The reason often quotes the error: once is enough.
  const told = failed?.last_error && tier.why_not?.includes(failed.last_error);
  return (
    <>
      {cooling?.cool_down_until_ms && (
        <span>
          {t("tier.cooling")} <Time at={cooling.cool_down_until_ms} /> {cooling.cool_down_reason}
        </span>
      )}
      {tier.why_not && !cooling && <span>{t("tier.held", { why: tier.why_not })}</span>}
      {tier.may_serve && tier.share < 1 && <span>{t("tier.ramp", { share: percent(tier.share, 0) })}</span>}
      {failed?.last_error && !told && (
        <Tooltip content={failed.last_error}>
          <button type="button" className="line-clamp-2 text-left break-words">
            {t("tier.last_error")}: {failed.last_error}
          </button>
        </Tooltip>
      )}
    </>
  );
}

/** What is left of the rate limits, server by server, where their answers say it. */
function Quota({ tier }: { tier: TierView }) {
  const { t } = useTranslation("watch");
  const known = tier.replicas.filter(({ quota }) => quota !== null);
  return known.map(({ id, url, quota }) => {
    const left = quotaLeft(quota, t);
    if (left.length === 0) return null;
    return (
      <span key={id} data-testid="quota-left" className="numeric flex items-start gap-1.5" title={url}>
        <Gauge className="mt-px size-3.5 shrink-0" aria-hidden />
        {t("figures.quota_left", { left: left.join(", ") })}
      </span>
    );
  });
}

function Numbers({ tier }: { tier: TierView }) {
  const { t } = useTranslation("overview");
  const { p95, errors, inFlight } = summarise(tier);
  const rows = [
    [t("tier.p95"), duration(p95), t("tier.p95_hint")],
    [t("tier.errors"), percent(errors), t("tier.errors_hint")],
    [t("tier.in_flight"), figure(inFlight), t("tier.in_flight_hint")],
    [t("tier.traffic"), percent(tier.traffic, 0), t("tier.traffic_hint")],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-x-3 gap-y-1.5">
      {rows.map(([label, value, hint]) => (
        <div key={label} className="min-w-0" title={hint}>
          <dt className="truncate text-2xs text-faint">{label}</dt>
          <dd className={cn("numeric font-medium", value === "n/a" && "text-faint")}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
