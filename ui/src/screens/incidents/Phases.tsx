import { useTranslation } from "react-i18next";
import { Segmented } from "@/components/ui/segmented";
import type { Incident, Phase } from "@/contract";
import { useAct } from "./useAct";

const PHASES: readonly Phase[] = ["detect", "triage", "mitigate", "investigate", "recover", "post_mortem"];

/** How far the people who work on an incident have come. */
export function Phases({ incident }: { incident: Incident }) {
  const { t } = useTranslation("incidents");
  const { act } = useAct([incident.id]);
  return (
    <div className="flex min-w-0 items-center gap-2">
      <span aria-hidden className="text-xs text-muted max-[1180px]:hidden">
        {t("phase.label")}
      </span>
      <Segmented
        label={t("phase.label")}
        value={incident.phase}
        options={PHASES.map((value) => ({ value, label: t(`phase.${value}`) }))}
        onChange={(phase) => void act({ act: "phase", phase, text: "" })}
      />
    </div>
  );
}
