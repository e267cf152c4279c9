import { ago, moment, timeOfDay } from "@/lib/format";
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
