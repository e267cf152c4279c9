import { useTranslation } from "react-i18next";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { boundsOf, type Choice, type Kind, kinds, readFault, usualNumber } from "./fault";
import type { Target } from "./PromptForm";

interface Props {
  target: Target;
  onChoose: (next: { fault: Choice | null }) => void;
}

/** Which fault this one request meets, at which tier, and the fault's one number. */
export function FaultPicker({ target: { chain, tier, other, fault }, onChoose }: Props) {
  const { t } = useTranslation("playground");
  const bounds = fault && boundsOf(fault.kind);
  const choose = (kind: Kind | "") =>
    onChoose({ fault: kind === "" ? null : { kind, tier: fault?.tier ?? null, number: usualNumber(kind) } });
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <div className="flex flex-wrap items-start gap-3">
        <Field label={t("fault.label")} className="w-60">
          {(aria) => (
            <Select
              {...aria}
              data-testid="fault"
              value={fault?.kind ?? ""}
              options={[
                { value: "", label: t("fault.none") },
                ...kinds.map((kind) => ({ value: kind, label: t(`fault.kind.${kind}`) })),
              ]}
              onChange={choose}
            />
          )}
        </Field>
        {fault && tier === null && (
          <Field label={t("fault.at")} className="w-60">
            {(aria) => (
              <Select
                {...aria}
                data-testid="fault-tier"
                value={fault.tier ?? ""}
                options={[
                  { value: "", label: t("fault.at_first") },
                  ...chain.tiers.map(({ name }) => ({ value: name, label: name })),
                ]}
                onChange={(name) => onChoose({ fault: { ...fault, tier: name || null } })}
              />
            )}
          </Field>
        )}
        {fault && bounds && (
          <Field
            label={t(`fault.number.${bounds.field}`)}
            error={!readFault(fault) && t("fault.bad", { least: bounds.least, most: bounds.most })}
            className="w-44"
          >
            {(aria) => (
              <Input
                {...aria}
                inputMode="numeric"
                data-testid="fault-number"
                value={fault.number}
                onChange={(event) => onChoose({ fault: { ...fault, number: event.target.value } })}
              />
            )}
          </Field>
        )}
      </div>
      {fault && (
        <p className="text-xs text-faint">
          {t("fault.hint")} {other !== undefined && t("fault.hint_two")}
        </p>
      )}
    </fieldset>
  );
}
