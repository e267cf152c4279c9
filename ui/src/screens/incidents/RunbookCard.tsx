import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { StepText } from "@/components/step-text";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import type { IncidentDetail } from "@/contract";
import { cn } from "@/lib/cn";
import { useRpc } from "@/state/rpc";
import { useAct } from "./useAct";

/** The runbook that is followed: its steps, ticked into the timeline. */
export function RunbookCard({ detail: { incident, steps } }: { detail: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const { data: runbooks = [] } = useRpc("runbooks", null);
  const { act, pending } = useAct([incident.id]);
  const fits = (kinds: readonly string[]) => kinds.includes(incident.kind);
  const sorted = [...runbooks].sort((a, b) => Number(fits(b.kinds)) - Number(fits(a.kinds)));
  const followed = runbooks.find(({ name }) => name === incident.runbook);
  const done = new Map(
    steps.filter(({ runbook }) => runbook === incident.runbook).map(({ step, done }) => [step, done]),
  );
  const options = [
    { value: "", label: t("runbook.none") },
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
                <li key={text}>
                  <label className="flex items-start gap-2">
                    <input
                      type="checkbox"
                      className="mt-0.5 size-4 shrink-0 accent-[var(--accent)]"
                      checked={ticked}
                      disabled={pending}
                      onChange={(change) =>
                        void act({ act: "step", runbook: followed.name, step, done: change.target.checked })
                      }
                    />
                    <span className={cn("min-w-0 break-words", ticked && "text-faint line-through")}>
                      <StepText text={text} />
                    </span>
                  </label>
                </li>
              );
            })}
          </ol>
          <Link
            to="/runbooks"
            search={{ name: followed.name }}
            className="mt-3 inline-block text-xs text-accent hover:underline"
          >
            {t("runbook.open")}
          </Link>
        </>
      )}
    </Card>
  );
}
