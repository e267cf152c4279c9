import { ArrowRight, CircleCheck, CircleX, FlaskConical, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/ui/badge";
import type { PlaygroundEnd } from "@/contract";
import { duration } from "@/lib/format";
import { words } from "@/lib/words";
import { faultWords } from "./fault";

/** Each tier in the chain's order with its reason, and each try with its times. */
export function Why({ end }: { end: PlaygroundEnd }) {
  const { t } = useTranslation("playground");
  // A stream that broke off has a tier, too.
  const served = end.ok ? end.tier : null;
  const failed = new Set(end.tries.filter((one) => one.failure !== null).map((one) => one.tier));
  const met = new Set(end.tries.filter((one) => one.failure && one.fault).map((one) => one.tier));
  const reasonOf = ({ tier, why_not }: PlaygroundEnd["tiers"][number]) => {
    if (tier === served) return t("why.served");
    if (met.has(tier)) return t("why.met");
    if (failed.has(tier)) return t("why.failed");
    return why_not ?? t("why.may");
  };
  return (
    <div className="mt-3 flex flex-col gap-3" data-testid="why">
      <section>
        <h3 className="mb-1 text-xs font-medium text-muted">{t("why.title")}</h3>
        <ol className="flex flex-col gap-1">
          {end.tiers.map((tier) => {
            const Icon = tier.tier === served ? CircleCheck : failed.has(tier.tier) ? CircleX : Minus;
            const tone =
              tier.tier === served ? "text-good" : failed.has(tier.tier) ? "text-bad" : "text-faint";
            return (
              <li key={tier.tier} className="flex items-start gap-2">
                <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden />
                <span className="font-medium">{tier.tier}</span>
                <span className="min-w-0 break-words text-muted">{reasonOf(tier)}</span>
              </li>
            );
          })}
        </ol>
      </section>
      {end.tries.length > 0 && (
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">{t("why.tries")}</h3>
          <ol className="flex flex-col gap-1">
            {end.tries.map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is written once and never changes
              <li key={index} className="flex items-start gap-2">
                <ArrowRight className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden />
                <span className="min-w-0 break-words">
                  <span className="font-medium">{one.tier}</span>{" "}
                  <span className="font-mono text-xs text-muted">{one.server}</span>{" "}
                  <span className="numeric">{duration(one.total_ms)}</span>
                  {one.fault && (
                    <Badge tone="warn" className="mx-1 align-text-bottom">
                      <FlaskConical aria-hidden />
                      {t("why.injected", { fault: faultWords(t, one.fault) })}
                    </Badge>
                  )}
                  {one.failure && (
                    <span className="text-bad">
                      {" "}
                      {words(one.failure)}: {one.message}
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <p className="truncate font-mono text-2xs text-faint">
        {t("why.request")} {end.request}
      </p>
    </div>
  );
}
