import { CircleCheck, CircleDot, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Badge, type Tone } from "@/components/ui/badge";
import type { IncidentSeverity, IncidentState } from "@/contract";

const STATES = {
  open: { tone: "bad", icon: CircleDot },
  acknowledged: { tone: "warn", icon: UserCheck },
  closed: { tone: "good", icon: CircleCheck },
} as const satisfies Record<IncidentState, { tone: Tone; icon: unknown }>;

const SEVERITIES = { P0: "bad", P1: "bad", P2: "warn", P3: "neutral" } as const satisfies Record<
  IncidentSeverity,
  Tone
>;

/** Whether an incident goes on, as icon and word. */
export function StateBadge({ state }: { state: IncidentState }) {
  const { t } = useTranslation("incidents");
  const { tone, icon: Icon } = STATES[state];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden />
      {t(`state.${state}`)}
    </Badge>
  );
}

/** How bad an incident is; coloured only while it goes on. */
export function SeverityBadge({ severity, state }: { severity: IncidentSeverity; state: IncidentState }) {
  return <Badge tone={state === "closed" ? "neutral" : SEVERITIES[severity]}>{severity}</Badge>;
}
