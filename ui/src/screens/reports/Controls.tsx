import { useTranslation } from "react-i18next";
import { Moment } from "@/components/moment";
import { Segmented } from "@/components/ui/segmented";
import { PERIODS, type ReportChoice, toRequest } from "./period";

/** Which period, and real or simulated. */
export function Controls({
  choice,
  onChange,
}: {
  choice: ReportChoice;
  onChange: (choice: ReportChoice) => void;
}) {
  const { t } = useTranslation("reports");
  const pick = (period: ReportChoice["period"]) => {
    if (period !== "custom") return onChange({ period, simulated: choice.simulated });
    // A custom period starts from the one that was shown.
    const shown = toRequest(choice, Date.now());
    onChange({ ...choice, period, ...(shown && { from: shown.from_ms, to: shown.to_ms }) });
  };
  return (
    <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
      <Segmented
        label={t("period")}
        value={choice.period}
        options={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
        onChange={pick}
      />
      <Segmented
        label={t("traffic")}
        value={choice.simulated ? "simulated" : "real"}
        options={(["real", "simulated"] as const).map((value) => ({ value, label: t(value) }))}
        onChange={(value) => onChange({ ...choice, simulated: value === "simulated" })}
      />
      {choice.period === "custom" && (
        <>
          <Moment
            label={t("from")}
            at={choice.from}
            onChange={(from) => from !== undefined && onChange({ ...choice, from })}
          />
          <Moment
            label={t("to")}
            at={choice.to}
            onChange={(to) => to !== undefined && onChange({ ...choice, to })}
          />
        </>
      )}
      <p className="pb-1.5 text-xs text-faint">{t(choice.simulated ? "only_simulated" : "only_real")}</p>
    </div>
  );
}
