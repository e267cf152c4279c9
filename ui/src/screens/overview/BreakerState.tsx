import { Timer, ToggleLeft, ToggleRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { ReplicaView } from "@/contract";
import { cn } from "@/lib/cn";
import { duration } from "@/lib/format";
import { useNow } from "@/state/now";

const ICONS = { closed: ToggleRight, open: ToggleLeft, half_open: Timer } as const;

/** The breaker as icon and word, with the countdown to its next trial. */
export function BreakerState({ replica }: { replica: ReplicaView }) {
  const { t } = useTranslation("overview");
  const Icon = ICONS[replica.breaker];
  return (
    <span className={cn("flex items-center gap-1.5", replica.breaker === "open" && "font-medium text-ink")}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {t(`breaker.${replica.breaker}`)}
      {replica.breaker === "open" && replica.trial_at_ms !== null && <Countdown to={replica.trial_at_ms} />}
    </span>
  );
}

function Countdown({ to }: { to: number }) {
  const { t } = useTranslation("overview");
  const now = useNow();
  const left = Math.ceil((to - now) / 1000) * 1000;
  return (
    <span className="numeric font-normal text-muted">
      {left > 0 ? t("breaker.trial", { time: duration(left) }) : t("breaker.trial_due")}
    </span>
  );
}
