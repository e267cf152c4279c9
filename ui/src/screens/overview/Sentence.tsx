import { CircleCheck, CircleDashed, OctagonX, PowerOff, Shuffle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { buttonClass } from "@/components/ui/button";
import type { ChainView, Overview } from "@/contract";
import { incidentHref } from "@/lib/links";

const ICONS = {
  full: { icon: CircleCheck, tone: "text-good" },
  degraded: { icon: Shuffle, tone: "text-warn" },
  emergency: { icon: OctagonX, tone: "text-bad" },
  off: { icon: PowerOff, tone: "text-unknown" },
} as const;

/** The one sentence that says how things are, in the engine's words. */
export function Sentence({ overview, chain }: { overview: Overview; chain: ChainView | undefined }) {
  const { t } = useTranslation("overview");
  const spoken = overview.chains.find((candidate) => candidate.name === overview.chain);
  const { icon: Icon, tone } = spoken ? ICONS[spoken.mode] : { icon: CircleDashed, tone: "text-unknown" };
  const incident = chain?.incident ?? spoken?.incident;
  return (
    <div className="flex items-start gap-3" aria-live="polite">
      <Icon className={`mt-1 size-5 shrink-0 ${tone}`} aria-hidden />
      <p data-testid="status-sentence" className="max-w-[110ch] text-lg font-medium">
        {overview.sentence}
      </p>
      {incident && (
        <a href={incidentHref(incident)} className={`${buttonClass()} ml-auto`}>
          {t("open_incident")}
        </a>
      )}
    </div>
  );
}
