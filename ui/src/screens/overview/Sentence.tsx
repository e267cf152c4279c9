import { CircleCheck, CircleDashed, OctagonX, PowerOff, Shuffle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ChainOrders, PinServing } from "@/components/orders/chain-orders";
import { Since } from "@/components/time";
import { buttonClass } from "@/components/ui/button";
import type { ChainView, Overview } from "@/contract";
import { percent } from "@/lib/format";
import { incidentHref } from "@/lib/links";

const ICONS = {
  full: { icon: CircleCheck, tone: "text-good" },
  degraded: { icon: Shuffle, tone: "text-warn" },
  emergency: { icon: OctagonX, tone: "text-bad" },
  off: { icon: PowerOff, tone: "text-unknown" },
} as const;

/** The engine speaks of one chain; of another one that is looked at the same is said here. */
function useWords() {
  const { t } = useTranslation("overview");
  return (chain: ChainView) => {
    const { name, serving, tiers } = chain;
    const simulated = chain.simulated ? t("sentence.simulated") : "";
    if (serving === null) return t("sentence.nobody", { name, simulated });
    const n = tiers.findIndex((tier) => tier.name === serving) + 1;
    const said = t("sentence.answering", { name, simulated, n, tier: serving });
    const first = tiers.find((tier) => tier.enabled);
    if (!first?.why_not || first.name === serving) return said;
    return `${said} ${t("sentence.first", { tier: first.name, why: first.why_not })}`;
  };
}

/** Since when that tier answers, and how much of the chain's capability is left. */
function Below({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("overview");
  const degraded = chain.mode === "degraded";
  if (chain.serving === null && !degraded) return null;
  return (
    <p className="text-muted">
      {chain.serving !== null && (
        <>
          {t("sentence.serves", { tier: chain.serving })} <Since at={chain.since_ms} />.
        </>
      )}{" "}
      {degraded && (
        <span data-testid="status-score">{t("sentence.score", { share: percent(chain.score, 0) })}</span>
      )}
    </p>
  );
}

/** The one sentence that says how things are. */
export function Sentence({ overview, chain }: { overview: Overview; chain: ChainView | undefined }) {
  const { t } = useTranslation("overview");
  const words = useWords();
  const about = chain ?? overview.chains.find((candidate) => candidate.name === overview.chain);
  // While nothing is listened to, that comes before all else.
  const closed = overview.endpoint.problem !== null;
  const own = !chain || chain.name === overview.chain || closed;
  const mode = closed ? "emergency" : about?.mode;
  const { icon: Icon, tone } = mode ? ICONS[mode] : { icon: CircleDashed, tone: "text-unknown" };
  const incident = about?.incident;
  return (
    <div className="flex items-start gap-3" aria-live="polite">
      <Icon className={`mt-1 size-5 shrink-0 ${tone}`} aria-hidden />
      <div className="max-w-[110ch]">
        <p data-testid="status-sentence" className="text-lg font-medium">
          {own ? overview.sentence : words(chain)}
        </p>
        {about && <Below chain={about} />}
      </div>
      <div className="ml-auto flex shrink-0 items-center gap-2">
        {incident && (
          <a href={incidentHref(incident)} className={buttonClass("secondary", "sm")}>
            {t("open_incident")}
          </a>
        )}
        {about && <PinServing chain={about} />}
        {about && <ChainOrders chain={about} />}
      </div>
    </div>
  );
}
