import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ChainView } from "@/contract";
import { TierCard } from "./TierCard";

/** The chain from left to right, in the order in which its tiers answer. */
export function TierStrip({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("overview");
  return (
    <ol
      aria-label={t("tiers")}
      className="grid grid-cols-[repeat(auto-fit,minmax(min(15rem,100%),1fr))] gap-x-6 gap-y-4"
    >
      {chain.tiers.map((tier, index) => (
        <li key={tier.name} className="relative flex items-stretch">
          {index > 0 && (
            <ChevronRight
              className="absolute top-4 -left-5 size-4 text-faint max-[899px]:hidden"
              aria-hidden
            />
          )}
          <TierCard tier={tier} position={index + 1} serving={tier.name === chain.serving} />
        </li>
      ))}
    </ol>
  );
}
