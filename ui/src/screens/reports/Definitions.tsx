import { useTranslation } from "react-i18next";
import { Card } from "@/components/ui/card";
import type { Report } from "@/contract";

/** What each measure means, and the records it comes from. */
export function Definitions({ report }: { report: Report }) {
  const { t } = useTranslation("reports");
  return (
    <Card title={t("definitions")}>
      <dl className="gap-x-8 lg:columns-2">
        {report.definitions.map(({ name, formula, source }) => (
          <div key={name} className="mb-2 break-inside-avoid">
            <dt className="font-medium">{name}</dt>
            <dd className="text-muted">{formula}</dd>
            <dd className="text-xs text-faint">{t("source", { source })}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
