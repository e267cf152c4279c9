import { CircleCheck, CircleDashed, CirclePause, CircleX, Clock } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/ui/badge";

const LOOKS = {
  sent: { tone: "good", icon: CircleCheck },
  failed: { tone: "bad", icon: CircleX },
  held_back: { tone: "unknown", icon: CirclePause },
  retrying: { tone: "warn", icon: CircleDashed },
  waiting: { tone: "unknown", icon: Clock },
} as const;

type Known = keyof typeof LOOKS;
const known = (outcome: string): outcome is Known => outcome in LOOKS;

/** How an alert fared, as icon and word. */
export function OutcomeBadge({ outcome }: { outcome: string }) {
  const { t } = useTranslation("settings");
  if (!known(outcome)) return <Badge>{outcome}</Badge>;
  const { tone, icon: Icon } = LOOKS[outcome];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {t(`alerts.outcomes.${outcome}`)}
    </Badge>
  );
}
