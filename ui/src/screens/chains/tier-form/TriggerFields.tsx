import { CircleAlert } from "lucide-react";
import { useId } from "react";
import { Controller, get, useFormContext } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { TierValues } from "../tier-values";
import { IMPACTS, type Row, SWITCHES, THRESHOLDS } from "../trigger-values";
import { useExplain } from "./TextField";

const CELL = "py-2 pr-4 align-top";

/** The trigger matrix: what makes requests leave the tier, and how much worse answers become then. */
export function TriggerFields() {
  const { t } = useTranslation("chains");
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-semibold">{t("trigger.title")}</legend>
      <p className="mb-2 max-w-prose text-xs text-faint">{t("trigger.lead")}</p>
      <table className="w-full text-left">
        <thead>
          <tr className="border-b border-line text-xs font-medium text-muted">
            <th scope="col" className="py-1 pr-4 font-medium">
              {t("trigger.when")}
            </th>
            <th scope="col" className="w-36 min-[700px]:w-56 py-1 pr-4 font-medium">
              {t("trigger.on")}
            </th>
            <th scope="col" className="w-36 min-[700px]:w-44 py-1 font-medium">
              {t("field.quality_impact")}
            </th>
          </tr>
        </thead>
        <tbody>
          {THRESHOLDS.map((row) => (
            <TriggerRow key={row} row={row} />
          ))}
          {SWITCHES.map((row) => (
            <TriggerRow key={row} row={row} />
          ))}
        </tbody>
      </table>
    </fieldset>
  );
}

function TriggerRow({ row }: { row: Row }) {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  const id = useId();
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" id={id} className={`${CELL} font-normal`}>
        {t(`trigger.row.${row}`)}
        <span className="block text-xs text-faint">{t(`trigger.hint.${row}`)}</span>
      </th>
      <td className={CELL}>
        {row === "first_token_above" || row === "total_above" ? (
          <Threshold row={row} labelledBy={id} />
        ) : (
          <OnOff row={row} labelledBy={id} />
        )}
      </td>
      <td className="py-2 align-top">
        <Controller
          control={control}
          name={`triggers.impact.${row}`}
          render={({ field }) => (
            <Select
              aria-label={t("trigger.impact_of", { row: t(`trigger.row.${row}`) })}
              data-testid={`field-triggers.impact.${row}`}
              value={field.value}
              onChange={field.onChange}
              options={IMPACTS.map((value) => ({ value, label: t(`trigger.impact.${value}`) }))}
            />
          )}
        />
      </td>
    </tr>
  );
}

function Threshold({ row, labelledBy }: { row: (typeof THRESHOLDS)[number]; labelledBy: string }) {
  const { t } = useTranslation("chains");
  const { register, formState } = useFormContext<TierValues>();
  const name = `triggers.${row}` as const;
  const error = useExplain()(get(formState.errors, name));
  const errorId = useId();
  return (
    <>
      <Input
        {...register(name)}
        aria-labelledby={labelledBy}
        aria-describedby={error ? errorId : undefined}
        aria-invalid={error ? true : undefined}
        data-testid={`field-${name}`}
        placeholder={t("trigger.off")}
        className="scroll-mb-20"
      />
      {error && (
        <p id={errorId} role="alert" className="mt-1 flex gap-1.5 text-xs text-bad">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          <span>{error}</span>
        </p>
      )}
    </>
  );
}

function OnOff({ row, labelledBy }: { row: (typeof SWITCHES)[number]; labelledBy: string }) {
  const { control } = useFormContext<TierValues>();
  const name = `triggers.${row}` as const;
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Switch
          ref={field.ref}
          className="mt-1.5"
          aria-labelledby={labelledBy}
          data-testid={`field-${name}`}
          checked={field.value}
          onCheckedChange={field.onChange}
        />
      )}
    />
  );
}
