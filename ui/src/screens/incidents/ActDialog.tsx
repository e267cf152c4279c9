import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import type { Incident, IncidentAct, IncidentSeverity, Milestone } from "@/contract";
import type { HostError } from "@/host";
import { refusal } from "@/lib/problems";
import { fromLocal, toLocal } from "./local-time";
import { useAct } from "./useAct";

export type ActKind = "severity" | "correct" | "merge" | "resolve";

const SEVERITIES: readonly IncidentSeverity[] = ["P0", "P1", "P2", "P3"];
const LEVELS = { P0: "p0", P1: "p1", P2: "p2", P3: "p3" } as const;
const MILESTONES: readonly Milestone[] = ["began", "detected", "assessed", "failed_over", "restored"];

interface Props {
  kind: ActKind;
  incident: Incident;
  onClose: () => void;
}

/** Asks for what an act needs: always a reason, so that the timeline says why. */
export function ActDialog({ kind, incident, onClose }: Props) {
  const { t } = useTranslation(["incidents", "common", "settings"]);
  const { act, pending } = useAct([incident.id]);
  const [reason, setReason] = useState("");
  const [severity, setSeverity] = useState(incident.severity);
  const [milestone, setMilestone] = useState<Milestone>("began");
  const timeOf = (name: Milestone) => toLocal(incident.times[`${name}_ms`] ?? incident.times.detected_ms);
  const [time, setTime] = useState(timeOf("began"));
  const [into, setInto] = useState("");
  const at_ms = fromLocal(time);
  const [refused, setRefused] = useState<HostError | null>(null);
  /** What the engine refuses about the one value that an act takes, in its words. */
  const wrong = refused && refused.code !== "unavailable" ? refusal(refused) : undefined;

  const ready =
    kind === "merge" ? into.trim() !== "" : reason.trim() !== "" && (kind !== "correct" || at_ms !== null);
  const made = (): IncidentAct => {
    if (kind === "severity") return { act: "severity", severity, reason };
    if (kind === "merge") return { act: "merge", into: into.trim().replace(/^#/, "") };
    if (kind === "resolve") return { act: "resolve", reason };
    return { act: "correct", milestone, at_ms: at_ms ?? 0, reason };
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`act.${kind}.title`)}
      description={t(`act.${kind}.text`)}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            disabled={!ready || pending}
            onClick={() => void act(made(), setRefused).then((done) => done && onClose())}
          >
            {t(`act.${kind}.do`)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {kind === "severity" && (
          <div className="flex flex-col gap-1">
            <Segmented
              label={t("list.severity")}
              value={severity}
              options={SEVERITIES.map((value) => ({ value, label: value }))}
              onChange={setSeverity}
              className="self-start"
            />
            <p className="text-xs text-faint" aria-live="polite">
              {t(`settings:alerts.event_hints.${LEVELS[severity]}`)}.
            </p>
          </div>
        )}
        {kind === "correct" && (
          <div className="grid grid-cols-2 gap-3">
            <Field label={t("act.correct.which")}>
              {(aria) => (
                <Select
                  {...aria}
                  value={milestone}
                  options={MILESTONES.map((value) => ({ value, label: t(`milestone.${value}`) }))}
                  onChange={(next) => {
                    setMilestone(next);
                    setTime(timeOf(next));
                  }}
                />
              )}
            </Field>
            <Field label={t("act.correct.time")} error={at_ms === null ? t("act.correct.no_time") : wrong}>
              {(aria) => (
                <Input
                  {...aria}
                  className="numeric"
                  value={time}
                  onChange={(e) => {
                    setTime(e.target.value);
                    setRefused(null);
                  }}
                />
              )}
            </Field>
          </div>
        )}
        {kind === "merge" ? (
          <Field label={t("act.merge.into")} hint={t("act.merge.hint")} error={wrong}>
            {(aria) => (
              <Input
                {...aria}
                data-testid="merge-into"
                value={into}
                onChange={(e) => {
                  setInto(e.target.value);
                  setRefused(null);
                }}
              />
            )}
          </Field>
        ) : (
          <Field label={t("act.reason")}>
            {(aria) => (
              <Textarea {...aria} rows={3} value={reason} onChange={(e) => setReason(e.target.value)} />
            )}
          </Field>
        )}
        {refused && (wrong === undefined || kind === "severity" || kind === "resolve") && (
          <ErrorState error={refused} />
        )}
      </div>
    </Dialog>
  );
}
