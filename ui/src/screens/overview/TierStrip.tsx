import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ChainView } from "@/contract";
import { TierCard } from "./TierCard";

/** The chain from left to right, in the order in which its tiers answer. */
export function TierStrip({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("overview");
  return (
    <ol aria-label={t("tiers")} className="flex gap-1 overflow-x-auto">
      {chain.tiers.map((tier, index) => (
        <li key={tier.name} className="flex min-w-60 flex-1 items-stretch gap-1">
          {index > 0 && <ChevronRight className="mt-4 size-4 shrink-0 text-faint" aria-hidden />}
          <TierCard tier={tier} position={index + 1} serving={tier.name === chain.serving} />
        </li>
      ))}
    </ol>
  );
}
