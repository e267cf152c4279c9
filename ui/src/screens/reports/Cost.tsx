import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";
import { cn } from "@/lib/cn";
import { dollars } from "@/lib/format";
import { definitionOf } from "./shape";

/** What it cost that other tiers than the first answered. */
export function Cost({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  const { cost } = report;
  if (cost === null) {
    return (
      <Card title={t("cost.title")}>
        <p className="text-muted">
          {t("cost.no_prices")}{" "}
          <Link
            to="/settings"
            search={{ section: "targets" }}
            className="rounded underline underline-offset-2"
          >
            {t("cost.set_prices")}
          </Link>
        </p>
      </Card>
    );
  }
  const lines = [
    [t("cost.total"), cost.total],
    [t("cost.fallback"), cost.fallback],
    [t("cost.instead"), -cost.instead],
    [t("cost.wasted"), cost.wasted],
    [t("cost.sum"), cost.fallback - cost.instead + cost.wasted],
  ] as const;
  return (
    <Card title={t("cost.title")} data-testid="report-cost">
      <dl className="grid grid-cols-[1fr_max-content] gap-x-3">
        {lines.map(([name, amount], at) => (
          <div
            key={name}
            className={cn(
              "contents [&>*]:py-1",
              at === 1 && "[&>*]:border-t [&>*]:border-line",
              at === lines.length - 1 && "font-medium [&>*]:border-t [&>*]:border-line-strong/60",
            )}
          >
            <dt className={cn(at === 0 && "text-muted")}>{name}</dt>
            <dd className={cn("numeric text-right", at === 0 && "text-muted")}>{dollars(amount)}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-2 text-xs text-faint">{definitionOf(report, "Cost of fallback")}</p>
      {cost.unpriced.length > 0 && (
        <p className="mt-1 text-xs text-faint">{t("cost.unpriced", { tiers: cost.unpriced.join(", ") })}</p>
      )}
    </Card>
  );
}
