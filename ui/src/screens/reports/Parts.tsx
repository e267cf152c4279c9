import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";
import { cn } from "@/lib/cn";
import { dollars, figure, percent } from "@/lib/format";
import { share } from "./shape";

/** Availability of each chain and of its tiers, and what is left of the error budget. */
export function Parts({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  return (
    <Card title={t("parts.title")}>
      {report.chains.length === 0 && <p className="text-muted">{t("parts.none")}</p>}
      {report.chains.length > 0 && (
        <table className="w-full" data-testid="report-parts">
          <thead className="border-b border-line text-left text-xs text-faint">
            <tr>
              <th className="py-1 font-medium">{t("parts.name")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.requests")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.available")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.alone")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.failed")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.budget")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.tokens")}</th>
              <th className="py-1 pl-3 text-right font-medium">{t("parts.cost")}</th>
            </tr>
          </thead>
          <tbody>
            {report.chains.map((chain) => (
              <Fragment key={chain.chain}>
                <tr className="border-b border-line font-medium">
                  <td className="py-1.5">{chain.chain}</td>
                  <td className="py-1.5 text-right">{figure(chain.requests)}</td>
                  <td className="py-1.5 text-right">{share(chain.availability, chain.requests)}</td>
                  <td className="py-1.5 text-right">{share(chain.first_tier_alone, chain.requests)}</td>
                  <td className="py-1.5 text-right">
                    {figure(chain.failed)} / {figure(chain.budget, chain.budget < 10 ? 1 : 0)}
                  </td>
                  <td className={cn("py-1.5 text-right", (chain.budget_left ?? 1) < 0 && "text-bad")}>
                    {percent(chain.budget_left, 0)}
                  </td>
                  <td />
                  <td />
                </tr>
                {report.tiers
                  .filter((tier) => tier.chain === chain.chain)
                  .map((tier) => (
                    <tr key={tier.tier} className="border-b border-line text-muted last:border-0">
                      <td className="py-1 pl-4">{tier.tier}</td>
                      <td className="py-1 text-right">
                        {t("parts.attempts", { count: tier.attempts, shown: figure(tier.attempts) })}
                      </td>
                      <td className="py-1 text-right">{share(tier.availability, tier.attempts)}</td>
                      <td />
                      <td />
                      <td />
                      <td className="py-1 text-right">
                        {figure(tier.tokens_in)} / {figure(tier.tokens_out)}
                      </td>
                      <td className="py-1 text-right">{dollars(tier.cost)}</td>
                    </tr>
                  ))}
              </Fragment>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
