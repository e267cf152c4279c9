import { Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import { Tooltip } from "@/components/ui/tooltip";
import type { Report } from "@/contract";
import { duration, figure } from "@/lib/format";
import { DotStrip } from "./DotStrip";
import { definitionOf, ENOUGH_FOR_MEANS, failovers, share, valuesBehind } from "./shape";

/** The report's figures, each with its definition at hand. */
export function Figures({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const values = valuesBehind(report);
  return (
    <Card className="grid grid-cols-2 gap-x-6 gap-y-5 md:grid-cols-4 xl:grid-cols-7">
      <Item
        name={t("figure.availability")}
        value={share(report.availability, report.requests)}
        hint={definitionOf(report, "Availability")}
      />
      <Item
        name={t("figure.first_tier_alone")}
        value={share(report.first_tier_alone, report.requests)}
        hint={definitionOf(report, "First tier alone")}
      />
      <Item name={t("figure.requests")} value={figure(report.requests)} hint={t("figure.requests_hint")} />
      <Item
        name={t("figure.failovers")}
        value={figure(failovers(report))}
        hint={definitionOf(report, "Failovers by cause")}
      />
      {(["mttd", "mtta", "mttr"] as const).map((name) => (
        <Item
          key={name}
          name={t(`figure.${name}`)}
          value={duration(report[`${name}_ms`])}
          hint={t("figure.named", {
            name: t(`figure.whole.${name}`),
            formula: definitionOf(report, t(`figure.${name}`)) ?? "",
          })}
          values={values[name]}
        />
      ))}
    </Card>
  );
}

interface ItemProps {
  name: string;
  value: string;
  hint: string | undefined;
  /** The single values behind a mean. */
  values?: readonly number[];
}

function Item({ name, value, hint, values }: ItemProps) {
  return (
    <div className="min-w-0">
      <div className="flex items-center gap-1 text-xs text-muted">
        {name}
        {hint && (
          <Tooltip content={hint}>
            <button type="button" aria-label={`${name}: ${hint}`} className="rounded text-faint">
              <Info className="size-3" aria-hidden />
            </button>
          </Tooltip>
        )}
      </div>
      <div className="numeric text-xl font-semibold tracking-tight">{value}</div>
      {values && <Values values={values} />}
    </div>
  );
}

/** Under twenty incidents a mean hides more than it says: the single values stand beneath it. */
function Values({ values }: { values: readonly number[] }) {
  const { t } = useTranslation("reports");
  if (values.length === 0) return <div className="text-xs text-faint">{t("figure.no_values")}</div>;
  const [min, max] = [duration(Math.min(...values)), duration(Math.max(...values))];
  const spread = min === max ? t("figure.each", { value: min }) : t("figure.spread", { min, max });
  return (
    <>
      {values.length > 1 && values.length < ENOUGH_FOR_MEANS && <DotStrip values={values} label={spread} />}
      <div className="text-xs text-faint">
        {t("figure.of_values", { count: values.length })}
        {values.length > 1 && <span className="numeric block">{spread}</span>}
      </div>
    </>
  );
}
