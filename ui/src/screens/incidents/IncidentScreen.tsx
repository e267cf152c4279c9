import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, UserCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { SimulatedBadge } from "@/components/mode";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Incident, IncidentDetail } from "@/contract";
import { useCommand, useRpc } from "@/state/rpc";
import { SeverityBadge, StateBadge } from "./badges";
import { Impact } from "./Impact";
import { MilestoneBar } from "./MilestoneBar";
import { NoteForm } from "./NoteForm";
import { Timeline } from "./Timeline";
import { useStory } from "./useStory";

const route = getRouteApi("/incidents/$id");

export function IncidentScreen() {
  const { t } = useTranslation("incidents");
  const { id } = route.useParams();
  const { data, error, refetch } = useRpc("incident", { id });
  return (
    <>
      <Link
        to="/incidents"
        className="mx-6 mt-4 -mb-4 inline-flex items-center gap-1 rounded text-xs text-muted hover:text-ink"
      >
        <ArrowLeft className="size-3.5" aria-hidden />
        {t("back")}
      </Link>
      {data ? (
        <Detail detail={data} />
      ) : (
        <Page title={t("title")}>
          {error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={5} />}
        </Page>
      )}
    </>
  );
}

function Detail({ detail: { incident, timeline } }: { detail: IncidentDetail }) {
  const { t } = useTranslation("incidents");
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page
      title={incident.title}
      lead={
        <div className="mt-1 flex flex-col gap-2">
          <div className="flex flex-wrap gap-1.5">
            <StateBadge state={incident.state} />
            <SeverityBadge severity={incident.severity} state={incident.state} />
            {incident.simulated && <SimulatedBadge />}
          </div>
          <Story incident={incident} />
        </div>
      }
      actions={<Acknowledge incident={incident} />}
    >
      <Card title={t("detail.times")}>
        <MilestoneBar incident={incident} />
      </Card>
      <div className="grid items-start gap-4 lg:grid-cols-[1fr_320px]">
        <Timeline
          entries={timeline}
          kind={kind}
          onKind={(next) => void navigate({ search: next ? { kind: next } : {}, replace: true })}
        />
        <div className="flex flex-col gap-4">
          {incident.advice !== "" && <Card title={t("detail.advice")}>{incident.advice}</Card>}
          <Impact incident={incident} />
          <Card>
            <NoteForm id={incident.id} />
          </Card>
        </div>
      </div>
    </Page>
  );
}

function Story({ incident }: { incident: Incident }) {
  return <p className="max-w-4xl text-ink">{useStory(incident)}</p>;
}

function Acknowledge({ incident }: { incident: Incident }) {
  const { t } = useTranslation("incidents");
  const client = useQueryClient();
  const acknowledge = useCommand("incident.acknowledge");
  if (incident.state !== "open") return null;
  return (
    <Button
      kind="primary"
      data-testid="incident-ack"
      disabled={acknowledge.isPending}
      onClick={() =>
        acknowledge.mutate(
          { id: incident.id },
          {
            onSuccess: (detail) => client.setQueryData(["incident", { id: incident.id }], detail),
            onError: (error) => toast.error(error.message, { description: error.remedy }),
          },
        )
      }
    >
      <UserCheck aria-hidden />
      {t("detail.acknowledge")}
    </Button>
  );
}
