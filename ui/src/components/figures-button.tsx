/** Opens a tier's figures: percentiles, errors, quota and what its checks cost, per server. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FiguresTable } from "@/components/figures-table";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { TierView } from "@/contract";

/** `className` takes back the inset of its words where they have to stand at an edge. */
export function FiguresButton({ tier, className }: { tier: TierView; className?: string }) {
  const { t } = useTranslation("watch");
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        kind="ghost"
        size="sm"
        className={className}
        data-testid={`figures-open-${tier.name}`}
        onClick={() => setOpen(true)}
      >
        {t("figures.open")}
      </Button>
      {open && (
        <Dialog open onClose={() => setOpen(false)} title={t("figures.title", { name: tier.name })} wide>
          <div className="flex flex-col gap-5">
            {tier.replicas.map((replica) => (
              <FiguresTable key={replica.id} replica={replica} />
            ))}
            <p className="text-xs text-faint">{t("figures.note")}</p>
          </div>
        </Dialog>
      )}
    </>
  );
}
