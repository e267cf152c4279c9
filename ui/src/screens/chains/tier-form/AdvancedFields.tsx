import { Collapsible } from "@base-ui/react/collapsible";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Controller, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { PROBE_KINDS, PROBE_TIMES, type TierValues } from "../tier-values";
import { Group } from "./Group";
import { LoadFields, ReplicaFields } from "./ServingFields";
import { TextField } from "./TextField";
import { TriggerFields } from "./TriggerFields";

/** What has good defaults, folded away until it is wanted or wrong. */
export function AdvancedFields() {
  const { t } = useTranslation("chains");
  const { formState } = useFormContext<TierValues>();
  const [wanted, setWanted] = useState(false);
  const { timeouts, probe, breaker, load, degrade, replicas, triggers, capability_weight } = formState.errors;
  const serving = Array.isArray(replicas) && replicas.some((row) => row?.gpus || row?.restart);
  const wrong = Boolean(
    timeouts || probe || breaker || load || degrade || serving || triggers || capability_weight,
  );
  return (
    <Collapsible.Root open={wanted || wrong} onOpenChange={setWanted}>
      <Collapsible.Trigger
        data-testid="advanced"
        className="group flex items-center gap-1.5 rounded font-medium text-muted hover:text-ink"
      >
        <ChevronRight className="size-4 transition-transform group-data-[panel-open]:rotate-90" aria-hidden />
        {t("field.advanced")}
      </Collapsible.Trigger>
      <Collapsible.Panel className="flex flex-col gap-5 pt-4">
        <TriggerFields />
        <Group title={t("field.timeouts")}>
          {(["connect", "first_token", "idle", "total"] as const).map((name) => (
            <TextField key={name} name={`timeouts.${name}`} label={t(`field.${name}`)} />
          ))}
        </Group>
        <ProbeFields />
        <ReplicaFields />
        <LoadFields />
        <Group title={t("field.breaker")}>
          {(["consecutive", "rate", "min_requests", "window", "open", "trials", "close_after"] as const).map(
            (name) => (
              <TextField key={name} name={`breaker.${name}`} label={t(`field.${name}`)} />
            ),
          )}
        </Group>
        <Group title={t("field.degrade")}>
          <TextField
            name="degrade.max_tokens"
            label={t("field.max_tokens")}
            hint={t("field.max_tokens_hint")}
          />
          <TextField
            name="degrade.temperature"
            label={t("field.temperature")}
            hint={t("field.temperature_hint")}
          />
          <TextField
            name="degrade.system_note"
            label={t("field.system_note")}
            hint={t("field.system_note_hint")}
            className="col-span-2"
          />
          <TextField
            name="degrade.notice"
            label={t("field.notice")}
            hint={t("field.notice_hint")}
            className="col-span-2"
          />
          <TextField
            name="capability_weight"
            label={t("field.capability_weight")}
            hint={t("field.capability_weight_hint")}
            className="col-span-2"
          />
        </Group>
      </Collapsible.Panel>
    </Collapsible.Root>
  );
}

function ProbeFields() {
  const { t } = useTranslation("chains");
  const { control, getValues, setValue } = useFormContext<TierValues>();
  const kind = useWatch({ control, name: "probe.kind" });
  /** Times that nobody has changed follow what is asked for. */
  const follow = (next: string) => {
    const [before, after] = [kind, next].map((it) => PROBE_TIMES[it === "generation" ? it : "usual"]);
    for (const name of ["every", "timeout"] as const) {
      if (before && after && getValues(`probe.${name}`) === before[name]) {
        setValue(`probe.${name}`, after[name]);
      }
    }
  };
  const timed = kind !== "default" && kind !== "off";
  return (
    <Group title={t("field.probe")}>
      <Controller
        control={control}
        name="probe.kind"
        render={({ field }) => (
          <Field label={t("field.kind")} className="col-span-2">
            {(aria) => (
              <Select
                {...aria}
                value={field.value}
                onChange={(next) => {
                  follow(next);
                  field.onChange(next);
                }}
                options={PROBE_KINDS.map((value) => ({ value, label: t(`field.probe_kind.${value}`) }))}
              />
            )}
          </Field>
        )}
      />
      {kind === "http" && (
        <TextField
          name="probe.path"
          label={t("field.path")}
          placeholder="/health"
          className="col-span-2"
          mono
        />
      )}
      {timed &&
        (["every", "timeout", "slow", "down_after", "up_after"] as const).map((name) => (
          <TextField key={name} name={`probe.${name}`} label={t(`field.${name}`)} />
        ))}
    </Group>
  );
}
