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
        {data.some(({ counts }) => counts.some((count) => count > 0)) && <Legend />}
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
        "flex min-w-0 flex-1 items-end rounded-[2px] bg-hover",
        chosen && "outline-2 outline-offset-1 outline-focus",
      )}
    >
      <span aria-hidden className={cn("w-full rounded-[2px]", LOOKS[worst])} />
    </button>
  );
}

/** By the worst of a day: the worse the taller, for those who do not see colours. */
const LOOKS: Record<number, string> = {
  0: "h-full bg-bad",
  1: "h-full bg-bad",
  2: "h-2/3 bg-warn",
  3: "h-1/3 bg-unknown",
};

function Legend() {
  const { t } = useTranslation("incidents");
  return (
    <span className="flex items-end gap-3">
      {([1, 2, 3] as const).map((worst) => (
        <span key={worst} className="flex items-center gap-1.5">
          <span aria-hidden className="flex h-3 w-1.5 items-end rounded-[2px] bg-hover">
            <span className={cn("w-full rounded-[2px]", LOOKS[worst])} />
          </span>
          {t(`days.legend.p${worst}`)}
        </span>
      ))}
    </span>
  );
}
