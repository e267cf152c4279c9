/** A state as icon, word and colour, in this order of weight: the colour only repeats. */
import { CircleCheck, CircleHelp, CircleX, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Health } from "@/contract";
import { Badge, type Tone } from "./ui/badge";

const LOOKS = {
  healthy: { tone: "good", icon: CircleCheck },
  degraded: { tone: "warn", icon: TriangleAlert },
  down: { tone: "bad", icon: CircleX },
  unknown: { tone: "unknown", icon: CircleHelp },
} as const satisfies Record<Health, { tone: Tone; icon: unknown }>;

export function HealthBadge({ health }: { health: Health }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = LOOKS[health];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {t(`health.${health}`)}
    </Badge>
  );
}
