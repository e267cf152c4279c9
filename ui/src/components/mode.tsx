import { CircleCheck, OctagonX, PowerOff, Shuffle } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Mode } from "@/contract";
import { Badge, type Tone } from "./ui/badge";

const LOOKS = {
  full: { tone: "good", icon: CircleCheck },
  degraded: { tone: "warn", icon: Shuffle },
  emergency: { tone: "bad", icon: OctagonX },
  off: { tone: "unknown", icon: PowerOff },
} as const satisfies Record<Mode, { tone: Tone; icon: unknown }>;

/** How much of a chain is left, as icon and word. */
export function ModeBadge({ mode }: { mode: Mode }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = LOOKS[mode];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {t(`mode.${mode}`)}
    </Badge>
  );
}

/** Marks what is not real; never left out where simulated data is shown. */
export function SimulatedBadge() {
  const { t } = useTranslation();
  return <Badge className="border border-dashed border-line-strong bg-transparent">{t("simulated")}</Badge>;
}
