import { useTranslation } from "react-i18next";
import type { IncidentDay } from "@/contract";
import { cn } from "@/lib/cn";
import { dateFormat } from "@/lib/formatters";
import { useRpc } from "@/state/rpc";
import type { IncidentFilter } from "./filter";

const DATE: Intl.DateTimeFormatOptions = { dateStyle: "medium" };

const DAYS = 90;

interface Props {
  filter: IncidentFilter;
  onDay: (day: number) => void;
}

/** The last 90 days: how many incidents began on each, by the worst of them. A click narrows the list to a day. */
export function DayStrip({ filter, onDay }: Props) {
  const { t } = useTranslation("incidents");
  const { data } = useRpc("incidents.days", {
    days: DAYS,
    offset_minutes: -new Date().getTimezoneOffset(),
    simulated: filter.traffic === "all" ? null : filter.traffic === "simulated",
  });
  if (!data) return <div className="h-10" />;
  return (
    <fieldset className="min-w-0" aria-label={t("days.label")}>
      <div className="flex h-8 items-stretch gap-[2px]">
        {data.map((day) => (
          <Day
            key={day.from_ms}
            day={day}
            chosen={filter.day === day.from_ms}
            onClick={() => onDay(filter.day === day.from_ms ? 0 : day.from_ms)}
          />
        ))}
      </div>
      <div className="mt-1 flex justify-between text-xs text-faint">
        <span>{t("days.ago", { count: DAYS })}</span>
        <span>{t("days.legend")}</span>
        <span>{t("days.today")}</span>
      </div>
    </fieldset>
  );
}

function Day({ day, chosen, onClick }: { day: IncidentDay; chosen: boolean; onClick: () => void }) {
  const { t } = useTranslation("incidents");
  const total = day.counts.reduce((sum, count) => sum + count, 0);
  const worst = day.counts.findIndex((count) => count > 0);
  const date = dateFormat(DATE).format(day.from_ms);
  const words =
    total === 0 ? t("days.none", { date }) : t("days.some", { date, count: total, worst: `P${worst}` });
  return (
    <button
      type="button"
      title={words}
      aria-label={words}
      aria-pressed={chosen}
      disabled={total === 0}
      onClick={onClick}
      className={cn(
        "min-w-0 flex-1 rounded-[2px]",
        total === 0 && "bg-hover",
        worst === 3 && "bg-unknown",
        worst === 2 && "bg-warn",
        (worst === 0 || worst === 1) && "bg-bad",
        chosen && "outline-2 outline-offset-1 outline-focus",
      )}
    />
  );
}
