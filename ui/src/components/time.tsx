import { useTranslation } from "react-i18next";
import { age, ago, moment, timeOfDay } from "@/lib/format";
import { useFromNow } from "@/state/now";
import { useTimes } from "@/state/times";
import { Tooltip } from "./ui/tooltip";

/** A moment, relative with the absolute on hover, or the other way round: one switch for every time on screen. */
export function Time({ at, className }: { at: number; className?: string }) {
  const absolute = useTimes((state) => state.absolute);
  const relative = useFromNow((now) => ago(at, now));
  const sameDay = useFromNow((now) => new Date(at).toDateString() === new Date(now).toDateString());
  return (
    <Tooltip content={absolute ? relative : moment(at)}>
      <time dateTime={new Date(at).toISOString()} className={`numeric whitespace-nowrap ${className ?? ""}`}>
        {absolute ? (sameDay ? timeOfDay(at) : moment(at)) : relative}
      </time>
    </Tooltip>
  );
}

/** Since when something holds: "for 11 min" with the moment on hover, or "since 14:03:27" with how long on hover. */
export function Since({ at }: { at: number }) {
  const { t } = useTranslation();
  const absolute = useTimes((state) => state.absolute);
  const length = useFromNow((now) => age(at, now));
  const sameDay = useFromNow((now) => new Date(at).toDateString() === new Date(now).toDateString());
  const since = t("since.since", { time: sameDay ? timeOfDay(at) : moment(at) });
  const during = t("since.for", { time: length });
  return (
    <Tooltip content={absolute ? during : since}>
      <time dateTime={new Date(at).toISOString()} className="numeric whitespace-nowrap">
        {absolute ? since : during}
      </time>
    </Tooltip>
  );
}
