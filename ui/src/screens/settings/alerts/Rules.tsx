import { useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { Alerts, Problem, QuietHours } from "@/contract";
import { parseSpan } from "@/screens/chains/span";
import { atFields, type Wrong, without } from "./useAlerts";

type Rules = Pick<Alerts, "hold" | "remind" | "most_per_hour" | "link" | "quiet_hours">;

const rulesOf = ({ hold, remind, most_per_hour, link, quiet_hours }: Alerts): Rules => ({
  hold,
  remind,
  most_per_hour,
  link,
  quiet_hours,
});

const NIGHT: QuietHours = { from: "22:00", to: "07:00", time_zone: null, except: "p0" };
const RULES = ["hold", "remind", "most_per_hour", "link", "quiet_hours"];
const SPANS = ["hold", "remind"] as const;
const EXCEPT = ["p0", "p1", "p2"] as const;

interface Props {
  alerts: Alerts;
  locked: boolean;
  /** Resolves to whether they are in force; else what is wrong was given to `land`. */
  onSave: (rules: Rules, land: (problems: Problem[]) => void) => Promise<boolean>;
}

/** When something is told, and when not. */
export function AlertRules({ alerts, locked, onSave }: Props) {
  const { t } = useTranslation("settings");
  const id = useId();
  const saved = rulesOf(alerts);
  const text = JSON.stringify(saved);
  const [draft, setDraft] = useState(saved);
  useEffect(() => setDraft(JSON.parse(text)), [text]);
  const [wrong, setWrong] = useState<Wrong>({});
  const set = (part: Partial<Rules>) => {
    setDraft((before) => ({ ...before, ...part }));
    setWrong((before) => without(before, Object.keys(part)));
  };
  const save = async () => {
    // The engine reads no document with such a time in it.
    const spans = SPANS.filter((field) => parseSpan(draft[field]) === null);
    setWrong(Object.fromEntries(spans.map((field) => [field, t("alerts.rules.no_span")])));
    if (spans.length === 0) await onSave(draft, (problems) => setWrong(atFields(problems, "alerts", RULES)));
  };
  const quiet = draft.quiet_hours;
  const setQuiet = (part: Partial<QuietHours>) => set({ quiet_hours: { ...(quiet ?? NIGHT), ...part } });
  return (
    <div className="mt-4 flex flex-col gap-3 border-t border-line pt-3">
      <h3 className="text-xs font-medium text-muted">{t("alerts.rules.title")}</h3>
      <div className="grid gap-3 sm:grid-cols-4">
        <Field label={t("alerts.rules.hold")} hint={t("alerts.rules.hold_hint")} error={wrong.hold}>
          {(aria) => <Input {...aria} value={draft.hold} onChange={(e) => set({ hold: e.target.value })} />}
        </Field>
        <Field label={t("alerts.rules.remind")} hint={t("alerts.rules.remind_hint")} error={wrong.remind}>
          {(aria) => (
            <Input {...aria} value={draft.remind} onChange={(e) => set({ remind: e.target.value })} />
          )}
        </Field>
        <Field label={t("alerts.rules.most")} hint={t("alerts.rules.most_hint")} error={wrong.most_per_hour}>
          {(aria) => (
            <Input
              {...aria}
              type="number"
              min={1}
              max={1000}
              value={draft.most_per_hour}
              onChange={(e) => set({ most_per_hour: Number(e.target.value) })}
            />
          )}
        </Field>
        <Field label={t("alerts.rules.link")} hint={t("alerts.rules.link_hint")} error={wrong.link}>
          {(aria) => (
            <Input
              {...aria}
              placeholder="http://127.0.0.1:4748"
              value={draft.link ?? ""}
              onChange={(e) => set({ link: e.target.value.trim() || null })}
            />
          )}
        </Field>
      </div>
      <div className="flex items-center gap-3">
        <Switch
          id={id}
          checked={quiet !== null}
          disabled={locked}
          onCheckedChange={(on) => set({ quiet_hours: on ? NIGHT : null })}
        />
        <label htmlFor={id} className="font-medium">
          {t("alerts.rules.quiet")}
        </label>
        <span className="text-xs text-faint">{t("alerts.rules.quiet_hint")}</span>
      </div>
      {quiet && (
        <div className="grid gap-3 sm:grid-cols-4">
          <Field label={t("alerts.rules.from")}>
            {(aria) => (
              <Input {...aria} value={quiet.from} onChange={(e) => setQuiet({ from: e.target.value })} />
            )}
          </Field>
          <Field label={t("alerts.rules.to")}>
            {(aria) => (
              <Input {...aria} value={quiet.to} onChange={(e) => setQuiet({ to: e.target.value })} />
            )}
          </Field>
          <Field label={t("alerts.rules.zone")} hint={t("alerts.rules.zone_hint")}>
            {(aria) => (
              <Input
                {...aria}
                placeholder="Europe/Berlin"
                value={quiet.time_zone ?? ""}
                onChange={(e) => setQuiet({ time_zone: e.target.value.trim() || null })}
              />
            )}
          </Field>
          <Field label={t("alerts.rules.except")}>
            {(aria) => (
              <Select
                {...aria}
                value={EXCEPT.find((event) => event === quiet.except) ?? "p0"}
                options={EXCEPT.map((event) => ({
                  value: event,
                  label: t(`alerts.rules.except_of.${event}`),
                }))}
                onChange={(except) => setQuiet({ except })}
              />
            )}
          </Field>
        </div>
      )}
      {[wrong.quiet_hours, wrong[""]].map(
        (said) =>
          said && (
            <p key={said} role="alert" className="text-bad">
              {said}
            </p>
          ),
      )}
      <Button
        className="self-start"
        disabled={locked || JSON.stringify(draft) === text}
        onClick={() => void save()}
      >
        {t("alerts.rules.save")}
      </Button>
    </div>
  );
}
