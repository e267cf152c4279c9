import { getRouteApi, Link } from "@tanstack/react-router";
import { CircleCheck, Clock, Plus } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { RunbookView } from "@/contract";
import { useRpc } from "@/state/rpc";
import { RunbookEditor } from "./RunbookEditor";
import { RunbookPane } from "./RunbookPane";
import { useRunbookEdits } from "./useRunbookEdits";

const route = getRouteApi("/runbooks");

/** What to do about each way of failing. */
export function RunbooksScreen() {
  const { t } = useTranslation("runbooks");
  const { name } = route.useSearch();
  const { data, error, refetch } = useRpc("runbooks", null);
  const { locked } = useRunbookEdits();
  const [adding, setAdding] = useState(false);
  const chosen = data?.find((one) => one.name === name) ?? data?.[0];
  return (
    <Page
      title={t("title")}
      lead={t("lead")}
      actions={
        <Button disabled={locked} onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {t("add")}
        </Button>
      }
    >
      {error && <ErrorState error={error} onRetry={refetch} />}
      {!data && !error && <LoadingState rows={6} />}
      {data && chosen && (
        <div className="grid items-start gap-4 lg:grid-cols-[280px_minmax(0,1fr)]">
          <nav aria-label={t("title")} className="flex flex-col gap-0.5" data-testid="runbook-list">
            <p className="flex justify-between gap-2 px-2 pb-1 text-xs text-faint" aria-hidden>
              <span>{t("list.runbook")}</span>
              <span>{t("list.rehearsed")}</span>
            </p>
            {data.map((one) => (
              <Row key={one.name} runbook={one} chosen={one.name === chosen.name} />
            ))}
          </nav>
          <RunbookPane key={chosen.name} runbook={chosen} />
        </div>
      )}
      {adding && <RunbookEditor runbook={null} onClose={() => setAdding(false)} />}
    </Page>
  );
}

/** How fresh the last rehearsal is. One that never was is no alarm: a new installation has a dozen of them. */
function Rehearsal({ runbook: { rehearsal_due, rehearsed } }: { runbook: RunbookView }) {
  const { t } = useTranslation("runbooks");
  if (!rehearsed) {
    return (
      <span className="shrink-0 text-xs text-faint">
        <span className="sr-only">{t("list.rehearsed")}: </span>
        {t("list.never")}
      </span>
    );
  }
  return (
    <Badge tone={rehearsal_due ? "warn" : "good"} title={rehearsal_due ? t("quarter") : undefined}>
      {rehearsal_due ? <Clock aria-hidden /> : <CircleCheck aria-hidden />}
      <span className="sr-only">{t(rehearsal_due ? "due" : "fresh")} </span>
      <Time at={rehearsed.at_ms} />
    </Badge>
  );
}

function Row({ runbook, chosen }: { runbook: RunbookView; chosen: boolean }) {
  return (
    <Link
      to="/runbooks"
      search={{ name: runbook.name }}
      replace
      aria-current={chosen ? "page" : undefined}
      className="flex items-center justify-between gap-2 rounded-md px-2 py-1.5 text-muted hover:bg-hover hover:text-ink aria-[current]:bg-hover aria-[current]:font-medium aria-[current]:text-ink"
    >
      <span className="min-w-0 break-words">{runbook.title}</span>
      <Rehearsal runbook={runbook} />
    </Link>
  );
}
