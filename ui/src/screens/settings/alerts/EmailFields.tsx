import { useTranslation } from "react-i18next";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { EmailChannel, MailTls } from "@/contract";
import type { Wrong } from "./useAlerts";
import { Wording } from "./Wording";

const TLS: readonly MailTls[] = ["starttls", "whole", "none"];

interface Props {
  value: EmailChannel;
  wrong: Wrong;
  onChange: (value: EmailChannel) => void;
}

const orNull = (text: string) => (text.trim() === "" ? null : text.trim());

/** A mail server and who is written to. */
export function EmailFields({ value, wrong, onChange }: Props) {
  const { t } = useTranslation("settings");
  const set = (part: Partial<EmailChannel>) => onChange({ ...value, ...part });
  return (
    <>
      <Field label={t("alerts.form.name")} error={wrong.name}>
        {(aria) => <Input {...aria} value={value.name} onChange={(e) => set({ name: e.target.value })} />}
      </Field>
      <div className="grid grid-cols-[1fr_88px_150px] gap-3">
        <Field label={t("alerts.form.server")} error={wrong.server}>
          {(aria) => (
            <Input
              {...aria}
              placeholder="smtp.example.org"
              value={value.server}
              onChange={(e) => set({ server: e.target.value })}
            />
          )}
        </Field>
        <Field label={t("alerts.form.port")} error={wrong.port}>
          {(aria) => (
            <Input
              {...aria}
              type="number"
              min={1}
              max={65535}
              value={value.port}
              onChange={(e) => set({ port: Number(e.target.value) })}
            />
          )}
        </Field>
        <Field label={t("alerts.form.tls")} error={wrong.tls}>
          {(aria) => (
            <Select
              {...aria}
              value={value.tls}
              options={TLS.map((tls) => ({ value: tls, label: t(`alerts.form.tls_kinds.${tls}`) }))}
              onChange={(tls) => set({ tls })}
            />
          )}
        </Field>
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Field label={t("alerts.form.user")} hint={t("alerts.form.user_hint")} error={wrong.user}>
          {(aria) => (
            <Input
              {...aria}
              value={value.user ?? ""}
              onChange={(e) => set({ user: orNull(e.target.value) })}
            />
          )}
        </Field>
        <Field label={t("alerts.form.password")} hint={t("alerts.form.reference")} error={wrong.password}>
          {(aria) => (
            <Input
              {...aria}
              placeholder="keyring:smtp"
              value={value.password ?? ""}
              onChange={(e) => set({ password: orNull(e.target.value) })}
            />
          )}
        </Field>
      </div>
      <Field label={t("alerts.form.from")} error={wrong.from}>
        {(aria) => (
          <Input
            {...aria}
            placeholder="changeover@example.org"
            value={value.from}
            onChange={(e) => set({ from: e.target.value })}
          />
        )}
      </Field>
      <Field label={t("alerts.form.to")} hint={t("alerts.form.to_hint")} error={wrong.to}>
        {(aria) => (
          <Input
            {...aria}
            placeholder="ops@example.org"
            defaultValue={value.to.join(", ")}
            onChange={(e) => set({ to: e.target.value.split(",").flatMap((text) => orNull(text) ?? []) })}
          />
        )}
      </Field>
      <Wording value={value.template} wrong={wrong.template} onChange={(template) => set({ template })} />
    </>
  );
}
