import { Cpu } from "lucide-react";
import { useTranslation } from "react-i18next";
import { EmptyState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import type { GpuPage } from "@/contract";

/** Why there is no GPU to see, what to do about it, and what there would be to see. */
export function NoGpus({ page }: { page: GpuPage }) {
  const { t } = useTranslation("gpus");
  if (page.reason === null && page.at_ms === null) {
    return (
      <>
        <p className="text-muted">{t("first_sample")}</p>
        <LoadingState />
      </>
    );
  }
  return (
    <Card data-testid="gpus-none">
      <EmptyState icon={<Cpu aria-hidden />} title={t("none_title")}>
        <p>{page.reason}</p>
        {page.remedy && <p className="mt-1 text-ink">{page.remedy}</p>}
      </EmptyState>
      <div className="mx-auto max-w-2xl border-t border-line pt-4 pb-2 text-muted">
        <p>{t("none_would")}</p>
        <ul className="my-2 list-disc space-y-1 pl-5">
          <li>{t("none_items.load")}</li>
          <li>{t("none_items.faults")}</li>
          <li>{t("none_items.use")}</li>
        </ul>
        <p>{t("none_rest")}</p>
      </div>
    </Card>
  );
}
