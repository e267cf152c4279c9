import { getRouteApi, Link } from "@tanstack/react-router";
import { GitMerge } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SimulatedBadge } from "@/components/mode";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { Incident, IncidentDetail } from "@/contract";
import { useRpc } from "@/state/rpc";
import { Acts } from "./Acts";
import { Around } from "./Around";
import { SeverityBadge, StateBadge } from "./badges";
import { Corrections } from "./Corrections";
import { Impact } from "./Impact";
import { MilestoneBar } from "./MilestoneBar";
import { NoteForm } from "./NoteForm";
import { Phases } from "./Phases";
import { PostMortem } from "./PostMortem";
import { RunbookCard } from "./RunbookCard";
import { Timeline } from "./Timeline";
import { useStory } from "./useStory";
import { WhyTier } from "./WhyTier";

/** Figures of an incident that goes on are asked for this often. */
const EVERY_MS = 5_000;
const route = getRouteApi("/incidents/$id");

export function IncidentScreen() {
  const { t } = useTranslation("incidents");
  const { id } = route.useParams();
  const { data, error, refetch } = useRpc("incident", { id });
  if (data) return <Detail detail={data} />;
  return (
    <Page title={t("title")} back={{ to: "/incidents", label: t("back") }}>
      {error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={5} />}
    </Page>
  );
}

function Detail({ detail }: { detail: IncidentDetail }) {
  const { incident, timeline } = detail;
  const { t } = useTranslation("incidents");
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const { data: around } = useRpc(
    "incident.around",
    { id: incident.id },
    { refetchInterval: incident.state === "closed" ? false : EVERY_MS },
  );
  return (
    <Page
      back={{ to: "/incidents", label: t("back") }}
      title={incident.title}
      lead={
        <div className="mt-1 flex flex-col gap-2">
          <div className="flex flex-wrap gap-1.5">
            <Badge title={t("number")}>#{incident.id}</Badge>
            <StateBadge state={incident.state} />
            <SeverityBadge severity={incident.severity} state={incident.state} />
            {incident.simulated && <SimulatedBadge />}
            {incident.severity_by_hand && <Badge>{t("by_hand")}</Badge>}
            {incident.merged_into && (
              <Link to="/incidents/$id" params={{ id: incident.merged_into }}>
                <Badge>
                  <GitMerge aria-hidden />
                  {t("merged", { id: incident.merged_into })}
                </Badge>
              </Link>
            )}
          </div>
          <Story incident={incident} />
          {incident.acknowledged_ms !== null && (
            <p className="text-muted" data-testid="incident-acknowledged">
              {t("acknowledged_at")} <Time at={incident.acknowledged_ms} />
            </p>
          )}
        </div>
      }
      actions={<Acts incident={incident} />}
    >
      <Card title={t("detail.times")} aside={<Phases incident={incident} />}>
        <MilestoneBar incident={incident} />
        <Corrections corrections={detail.corrections} />
      </Card>
      {around && <Around incident={incident} around={around} />}
      <div className="grid items-start gap-4 lg:grid-cols-[1fr_320px]">
        <div className="flex min-w-0 flex-col gap-4">
          <Timeline
            incident={incident.id}
            entries={timeline}
            kind={kind}
            onKind={(next) => void navigate({ search: next ? { kind: next } : {}, replace: true })}
          />
          <Card>
            <NoteForm id={incident.id} />
          </Card>
          <PostMortem detail={detail} />
        </div>
        <div className="flex flex-col gap-4">
          {incident.advice !== "" && <Card title={t("detail.advice")}>{incident.advice}</Card>}
          <RunbookCard detail={detail} />
          {around && <WhyTier around={around} />}
          <Impact incident={incident} cost={around?.cost ?? null} />
        </div>
      </div>
    </Page>
  );
}

function Story({ incident }: { incident: Incident }) {
  return <p className="max-w-4xl text-ink">{useStory(incident)}</p>;
}
