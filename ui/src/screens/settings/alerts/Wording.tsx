import { useTranslation } from "react-i18next";
import { Field, Input, Textarea } from "@/components/ui/field";
import type { AlertTemplate } from "@/contract";

const OWN: AlertTemplate = { title: "{title}", body: "{body}" };

interface Props {
  value: AlertTemplate | null;
  wrong: string | undefined;
  onChange: (value: AlertTemplate | null) => void;
}

/** An operator's own wording; left alone it is the program's. */
export function Wording({ value, wrong, onChange }: Props) {
  const { t } = useTranslation("settings");
  const now = value ?? OWN;
  const set = (part: Partial<AlertTemplate>) => {
    const next = { ...now, ...part };
    onChange(next.title === OWN.title && next.body === OWN.body ? null : next);
  };
  return (
    <details open={value !== null}>
      <summary className="cursor-pointer text-xs font-medium text-muted">{t("alerts.form.wording")}</summary>
      <div className="mt-2 flex flex-col gap-3">
        <Field label={t("alerts.form.title")} hint={t("alerts.form.fields")}>
          {(aria) => <Input {...aria} value={now.title} onChange={(e) => set({ title: e.target.value })} />}
        </Field>
        <Field label={t("alerts.form.body")} error={wrong}>
          {(aria) => (
            <Textarea {...aria} rows={3} value={now.body} onChange={(e) => set({ body: e.target.value })} />
          )}
        </Field>
      </div>
    </details>
  );
}
