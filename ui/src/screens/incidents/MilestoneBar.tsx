import { Check, Minus } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Tooltip } from "@/components/ui/tooltip";
import type { Incident } from "@/contract";
import { preciseMoment, preciseTime } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { duration } from "@/lib/format";
import { type Milestone, type MilestoneName, milestones } from "./milestones";

/** The recorded times of an incident from left to right, with the time between them. */
export function MilestoneBar({ incident }: { incident: Incident }) {
  const closed = incident.state === "closed";
  return (
    <ol data-testid="incident-times" className="grid grid-cols-6">
      {milestones(incident.times, incident.closed_ms).map((milestone, index) => (
        <Step key={milestone.name} milestone={milestone} first={index === 0} closed={closed} />
      ))}
    </ol>
  );
}

function Step({ milestone, first, closed }: { milestone: Milestone; first: boolean; closed: boolean }) {
  const { t } = useTranslation("incidents");
  const reached = milestone.at !== null;
  const Icon = reached ? Check : Minus;
  const missing = (name: MilestoneName) => {
    if (!closed) return t("milestone.not_yet");
    return name === "failed_over" ? t("milestone.no_request") : t("milestone.never");
  };
  return (
    <li data-milestone={milestone.name} className="relative flex flex-col items-center text-center">
      <span className="numeric h-5 self-start text-xs font-medium -translate-x-1/2 whitespace-nowrap text-ink">
        {milestone.since !== null && t("milestone.after", { time: duration(milestone.since) })}
      </span>
      {!first && (
        <span
          aria-hidden
          className={cn(
            "absolute top-[29px] right-[calc(50%+10px)] left-[calc(-50%+10px)] h-0.5",
            reached ? "bg-accent" : "bg-line",
          )}
        />
      )}
      <span
        aria-hidden
        className={cn(
          "flex size-5 items-center justify-center rounded-full border",
          reached ? "border-accent bg-accent text-accent-ink" : "border-line-strong bg-surface text-faint",
        )}
      >
        <Icon className="size-3" strokeWidth={3} />
      </span>
      <span className={cn("mt-1.5 font-medium", !reached && "text-faint")}>
        {t(`milestone.${milestone.name}`)}
      </span>
      {milestone.at === null ? (
        <span className="text-xs text-faint">{missing(milestone.name)}</span>
      ) : (
        <Tooltip content={preciseMoment(milestone.at)}>
          <time dateTime={new Date(milestone.at).toISOString()} className="numeric text-xs text-muted">
            {preciseTime(milestone.at)}
          </time>
        </Tooltip>
      )}
    </li>
  );
}
