import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import type { WebhookChannel, WebhookShape } from "@/contract";
import type { Wrong } from "./useAlerts";
import { Wording } from "./Wording";

const SHAPES: readonly WebhookShape[] = ["slack", "pagerduty", "plain"];

interface Props {
  value: WebhookChannel;
  wrong: Wrong;
  onChange: (value: WebhookChannel) => void;
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

/** An address that a document is posted to. */
export function WebhookFields({ value, wrong, onChange }: Props) {
  const { t } = useTranslation("settings");
  const id = useId();
  const set = (part: Partial<WebhookChannel>) => onChange({ ...value, ...part });
  return (
    <>
      <Segmented
        label={t("alerts.form.shape")}
        value={value.shape}
        options={SHAPES.map((shape) => ({ value: shape, label: t(`alerts.shapes.${shape}`) }))}
        onChange={(shape) => set({ shape })}
        className="self-start"
      />
      <Field label={t("alerts.form.name")} error={wrong.name}>
        {(aria) => <Input {...aria} value={value.name} onChange={(e) => set({ name: e.target.value })} />}
      </Field>
      <Field label={t("alerts.form.url")} hint={t(`alerts.form.url_hints.${value.shape}`)} error={wrong.url}>
        {(aria) => (
          <Input
            {...aria}
            placeholder={value.shape === "plain" ? "https://example.org/hook" : "keyring:slack-url"}
            value={value.url ?? ""}
            onChange={(e) => set({ url: orNull(e.target.value) })}
          />
        )}
      </Field>
      <Field label={t(`alerts.form.keys.${value.shape}`)} hint={t("alerts.form.reference")} error={wrong.key}>
        {(aria) => (
          <Input
            {...aria}
            placeholder="keyring:pagerduty"
            value={value.key ?? ""}
            onChange={(e) => set({ key: orNull(e.target.value) })}
          />
        )}
      </Field>
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={value.allow_private}
          onCheckedChange={(allow_private) => set({ allow_private })}
        />
        <label htmlFor={id}>{t("alerts.form.allow_private")}</label>
      </div>
      <Wording value={value.template} wrong={wrong.template} onChange={(template) => set({ template })} />
    </>
  );
}
