import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import type { ReportFormat, ReportRequest } from "@/contract";
import { asHostError, useHost } from "@/host";
import { useCommand } from "@/state/rpc";

const FORMATS = ["html", "pdf", "csv", "json"] as const satisfies readonly ReportFormat[];

/** The report as a file, in each of its forms. */
export function ExportMenu({ request }: { request: ReportRequest }) {
  const { t } = useTranslation("reports");
  const host = useHost();
  const command = useCommand("report.export");
  const save = async (format: ReportFormat) => {
    try {
      const file = await command.mutateAsync({ report: request, format });
      const path = await host.saveFile(file.filename, file.text, file.mime);
      toast.success(
        path === null ? t("export.downloaded", { filename: file.filename }) : t("export.saved", { path }),
      );
    } catch (reason) {
      const error = asHostError(reason);
      toast.error(t("export.failed"), { description: `${error.message} ${error.remedy}`.trim() });
    }
  };
  return (
    <fieldset className="flex items-center gap-1.5">
      <legend className="sr-only">{t("export.label")}</legend>
      <span aria-hidden className="mr-1 inline-flex items-center gap-1.5 text-xs text-muted">
        <Download className="size-3.5" />
        {t("export.label")}
      </span>
      {FORMATS.map((format) => (
        <Button
          key={format}
          size="sm"
          data-testid={`report-export-${format}`}
          aria-label={`${t("export.label")} ${t(`export.${format}`)}`}
          disabled={command.isPending}
          onClick={() => void save(format)}
        >
          {t(`export.${format}`)}
        </Button>
      ))}
    </fieldset>
  );
}
