import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SimulatedBadge } from "@/components/mode";
import { Card } from "@/components/ui/card";
import type { WeekFigures } from "@/contract";
import { duration, figure, percent } from "@/lib/format";
import { parseSpan } from "@/screens/chains/span";
import { useRpc } from "@/state/rpc";

/** What clients saw in seven days, against what they would have seen without fallback. */
export function Week({ figures }: { figures: WeekFigures[] }) {
  const { t } = useTranslation("overview");
  const some = figures.filter((week) => week.requests > 0);
  return (
    <Card title={t("week.title")}>
      {some.length === 0 && <p className="text-muted">{t("week.none")}</p>}
      <div className="flex flex-col gap-4">
        {some.map((week) => (
          <Figures key={String(week.simulated)} week={week} />
        ))}
      </div>
    </Card>
  );
}

function Figures({ week }: { week: WeekFigures }) {
  const { t } = useTranslation("overview");
  const rows = [
    [t("week.availability"), percent(week.availability, 2)],
    [t("week.alone"), percent(week.first_tier_alone, 2)],
    [t("week.requests"), figure(week.requests)],
    [t("week.failovers"), figure(week.failovers)],
    [t("week.worst"), duration(week.worst_rto_ms)],
  ] as const;
  return (
    <div>
      <h3 className="mb-1 text-xs font-medium text-muted">
        {week.simulated ? <SimulatedBadge /> : t("week.real")}
      </h3>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-0.5">
        {rows.map(([label, value]) => (
          <div key={label} className="contents">
            <dt className="text-muted">{label}</dt>
            <dd className="numeric text-right font-medium">{value}</dd>
          </div>
        ))}
      </dl>
      {!week.simulated && week.worst_rto_ms !== null && <Held worst={week.worst_rto_ms} />}
    </div>
  );
}

/** The worst recovery of a tier against the target for model serving. */
function Held({ worst }: { worst: number }) {
  const { t } = useTranslation("overview");
  const { data: span } = useRpc("config.get", null, {
    select: ({ document }) => document.targets.serving_rto,
  });
  const target = span === undefined ? null : parseSpan(span);
  if (target === null) return null;
  const held = worst <= target;
  const Icon = held ? CircleCheck : CircleX;
  return (
    <p
      data-testid="week-target"
      className={`flex items-center justify-end gap-1 text-xs ${held ? "text-good" : "text-bad"}`}
    >
      <Icon className="size-3 shrink-0" aria-hidden />
      {t(held ? "week.held" : "week.missed", { target: duration(target) })}
    </p>
  );
}
