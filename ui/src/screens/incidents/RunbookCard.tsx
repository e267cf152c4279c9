import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import type { IncidentDetail } from "@/contract";
import { useLive } from "@/state/overview";
import { useRpc } from "@/state/rpc";
import { StepRow } from "./StepRow";
import { orderFor } from "./step-order";
import { useAct } from "./useAct";

/** The runbook that is followed: its steps, ticked into the timeline. */
export function RunbookCard({ detail: { incident, steps } }: { detail: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const { data: runbooks = [] } = useRpc("runbooks", null);
  const { act, pending } = useAct([incident.id]);
  const chains = useLive((overview) => overview.chains) ?? [];
  const fits = (kinds: readonly string[]) => kinds.includes(incident.kind);
  const fitting = runbooks.filter(({ kinds }) => fits(kinds)).length;
  const sorted = [...runbooks].sort((a, b) => Number(fits(b.kinds)) - Number(fits(a.kinds)));
  const followed = runbooks.find(({ name }) => name === incident.runbook);
  const done = new Map(
    steps.filter(({ runbook }) => runbook === incident.runbook).map(({ step, done }) => [step, done]),
  );
  const options = [
    {
      value: "",
      label: incident.runbook ? t("runbook.none") : t("runbook.pick", { count: fitting }),
    },
    ...sorted.map(({ name, title, kinds }) => ({
      value: name,
      label: fits(kinds) ? t("runbook.fits", { title }) : title,
    })),
  ];
  return (
    <Card title={t("runbook.title")} data-testid="incident-runbook">
      <Select
        aria-label={t("runbook.choose")}
        value={incident.runbook ?? ""}
        options={options}
        onChange={(name) => void act({ act: "runbook", name: name === "" ? null : name })}
      />
      {followed && (
        <>
          <ol className="mt-3 flex flex-col gap-2">
            {followed.steps.map((text, index) => {
              const step = index + 1;
              const ticked = done.get(step) ?? false;
              return (
                <StepRow
                  key={`${step} ${text}`}
                  line={text}
                  ticked={ticked}
                  disabled={pending}
                  order={(name) => orderFor(name, incident, chains)}
                  why={t("runbook.why", { id: incident.id, title: followed.title, step })}
                  onTick={(done) => act({ act: "step", runbook: followed.name, step, done })}
                />
              );
            })}
          </ol>
          <p className="mt-3 text-xs text-faint">
            {followed.rehearsed ? (
              <>
                {t("runbook.rehearsed", { actor: followed.rehearsed.actor })}{" "}
                <Time at={followed.rehearsed.at_ms} />
                {followed.rehearsal_due && ` · ${t("runbook.due")}`}
              </>
            ) : (
              t("runbook.never_rehearsed")
            )}
          </p>
          <Link
            to="/runbooks"
            search={{ name: followed.name }}
            className="mt-1 inline-block text-xs text-accent hover:underline"
          >
            {t("runbook.open")}
          </Link>
        </>
      )}
    </Card>
  );
}
