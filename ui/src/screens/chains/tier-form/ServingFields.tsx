import { Controller, get, useFormContext, useWatch } from "react-hook-form";
import { useTranslation } from "react-i18next";
import { Field, Textarea } from "@/components/ui/field";
import { Switch } from "@/components/ui/switch";
import { RESTART_WAYS } from "../replica-values";
import { SWITCH, type TierValues } from "../tier-values";
import { ChoiceField } from "./ChoiceField";
import { Group } from "./Group";
import { TextField, useExplain } from "./TextField";

/** Per server: the GPUs that it runs on, and how it is started anew. */
export function ReplicaFields() {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  const replicas = useWatch({ control, name: "replicas" });
  return replicas.map(({ url, restart }, index) => (
    <Group
      // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its fields are named by it.
      key={index}
      title={
        replicas.length > 1
          ? t("serving.title_of", { url: url || t("field.replica", { n: index + 1 }) })
          : t("serving.title")
      }
    >
      <TextField
        mono
        name={`replicas.${index}.gpus`}
        label={t("serving.gpus")}
        hint={t("serving.gpus_hint")}
        placeholder="0, 1"
        className="col-span-2"
      />
      <ChoiceField
        name={`replicas.${index}.restart.way`}
        label={t("serving.way")}
        options={RESTART_WAYS.map((value) => ({ value, label: t(`serving.ways.${value}`) }))}
        className="col-span-2"
      />
      {restart.way !== "never" && <RestartFields index={index} way={restart.way} />}
    </Group>
  ));
}

function RestartFields({ index, way }: { index: number; way: "unit" | "command" }) {
  const { t } = useTranslation("chains");
  const at = `replicas.${index}.restart` as const;
  return (
    <>
      {way === "unit" ? (
        <>
          <TextField
            mono
            name={`${at}.unit`}
            label={t("serving.unit")}
            placeholder="vllm.service"
            className="col-span-2"
          />
          <SwitchField name={`${at}.user`} label={t("serving.user")} hint={t("serving.user_hint")} />
        </>
      ) : (
        <CommandField name={`${at}.command`} />
      )}
      <SwitchField name={`${at}.enabled`} label={t("serving.enabled")} hint={t("serving.enabled_hint")} />
      <TextField name={`${at}.delay`} label={t("serving.delay")} />
      <TextField name={`${at}.limit`} label={t("serving.limit")} />
      <TextField name={`${at}.window`} label={t("serving.window")} />
      <TextField name={`${at}.healthy_within`} label={t("serving.healthy_within")} />
    </>
  );
}

function SwitchField({ name, label, hint }: { name: string; label: string; hint: string }) {
  const { control } = useFormContext();
  return (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Field label={label} hint={hint}>
          {(aria) => (
            <span className="flex h-8 items-center">
              <Switch
                {...aria}
                aria-label={label}
                data-testid={`field-${name}`}
                checked={field.value}
                onCheckedChange={field.onChange}
              />
            </span>
          )}
        </Field>
      )}
    />
  );
}

function CommandField({ name }: { name: string }) {
  const { t } = useTranslation("chains");
  const { register, formState } = useFormContext();
  const explain = useExplain();
  return (
    <Field
      label={t("serving.command")}
      hint={t("serving.command_hint")}
      error={explain(get(formState.errors, name))}
      className="col-span-2 min-[700px]:col-span-3"
    >
      {(aria) => (
        <Textarea
          {...aria}
          {...register(name)}
          data-testid={`field-${name}`}
          rows={3}
          placeholder={"docker\nrestart\nvllm"}
          className="font-mono text-xs"
        />
      )}
    </Field>
  );
}

/** What the serving engine says of its own load, and what of that is a finding. */
export function LoadFields() {
  const { t } = useTranslation("chains");
  const { control } = useFormContext<TierValues>();
  const watch = useWatch({ control, name: "load.watch" });
  const onOff = SWITCH.map((value) => ({ value, label: t(`field.choice.${value}`) }));
  return (
    <Group title={t("load.title")} hint={t("load.lead")}>
      <ChoiceField name="load.watch" label={t("load.watch")} options={onOff} />
      {watch === "on" && (
        <>
          <TextField name="load.every" label={t("field.every")} />
          <TextField name="load.queue" label={t("load.queue")} />
          <TextField name="load.cache" label={t("load.cache")} />
          <TextField name="load.stuck_after" label={t("load.stuck_after")} />
          <ChoiceField name="load.on_cpu" label={t("load.on_cpu")} options={onOff} />
        </>
      )}
    </Group>
  );
}
