/** A failover in one click: the first practice server dies, a request is sent, and what follows is told step by step. */
import { CircleCheck, CircleX, LoaderCircle, type LucideIcon, Wrench, Zap } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { toast } from "sonner";
import { create } from "zustand";
import { Button } from "@/components/ui/button";
import type { ChainView, TryResult } from "@/contract";
import { asHostError } from "@/host";
import { duration } from "@/lib/format";
import { incidentHref } from "@/lib/links";
import { useCommand, useRpc } from "@/state/rpc";

interface TourState {
  /** The practice server that was made to fail; null before the first time. */
  server: string | null;
  answer: TryResult | null;
  incident: string | null;
  repaired: boolean;
}

const START: TourState = { server: null, answer: null, incident: null, repaired: false };

/** Outlives a visit to the incident's screen. */
export const useTour = create<TourState>(() => START);

export function Tour({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("start");
  const { data: config } = useRpc("config.get", null);
  const { data: practice } = useRpc("practice", null);
  const tour = useTour();
  const set = useCommand("practice.set");
  const ask = useCommand("chain.try");
  const first = config?.document.chains.find(({ name }) => name === chain.name)?.tiers[0];
  const server = first?.provider === "practice" ? first.url?.replace("practice://", "") : undefined;
  if (!first || !server) return null;
  const report = (reason: unknown) => {
    const { message, remedy } = asHostError(reason);
    toast.error(message, { description: remedy });
  };
  const go = async () => {
    try {
      useTour.setState({ ...START, server });
      await set.mutateAsync({ name: server, failing: true });
      const answer = await ask.mutateAsync({ chain: chain.name, prompt: t("tour.prompt") });
      useTour.setState({ answer });
    } catch (reason) {
      useTour.setState(START);
      report(reason);
    }
  };
  const repair = () =>
    set.mutateAsync({ name: tour.server ?? server, failing: false }).then(() => {
      useTour.setState({ repaired: true });
    }, report);
  const idle = tour.server === null || tour.repaired;
  const failing = practice?.servers.some((one) => one.name === server && one.failing) ?? false;
  return (
    <div className="flex flex-col gap-2 rounded-md bg-canvas p-2.5">
      {idle && (
        <div className="flex flex-col gap-2">
          {!tour.repaired && <p className="text-muted">{t(failing ? "tour.already" : "tour.lead")}</p>}
          {failing && !tour.repaired ? (
            <Button
              data-testid="tour-mend"
              disabled={set.isPending}
              onClick={() => void set.mutateAsync({ name: server, failing: false }).catch(report)}
            >
              <Wrench aria-hidden />
              {t("tour.repair", { tier: first.name })}
            </Button>
          ) : (
            <Button
              kind="primary"
              data-testid="tour-go"
              disabled={set.isPending || failing}
              onClick={() => void go()}
            >
              <Zap aria-hidden />
              {t(tour.repaired ? "tour.again" : "tour.go")}
            </Button>
          )}
        </div>
      )}
      {tour.server !== null && (
        <Steps chain={chain} tier={first.name} onRepair={() => void repair()} repairing={set.isPending} />
      )}
    </div>
  );
}

interface StepsProps {
  chain: ChainView;
  tier: string;
  onRepair: () => void;
  repairing: boolean;
}

function Steps({ chain, tier, onRepair, repairing }: StepsProps) {
  const { t } = useTranslation("start");
  const { answer, incident: known, repaired } = useTour();
  const incident = known ?? chain.incident;
  // The chain forgets its incident once it is closed; the story does not.
  useEffect(() => useTour.setState({ incident }), [incident]);
  const by = answer?.ok ? answer.tier : null;
  return (
    <ol data-testid="tour-steps" aria-live="polite" className="flex flex-col gap-1">
      <Step icon={CircleX} tone="text-bad">
        {t("tour.failed", { tier })}
      </Step>
      {answer === null ? (
        <Step icon={LoaderCircle}>{t("tour.asking")}</Step>
      ) : (
        <Step icon={by ? CircleCheck : CircleX} tone={by ? "text-good" : "text-bad"}>
          {by ? t("tour.answered", { tier: by, took: duration(answer.took_ms) }) : t("tour.no_answer")}
        </Step>
      )}
      {answer !== null && incident === null && <Step icon={LoaderCircle}>{t("tour.waiting")}</Step>}
      {incident !== null && <Story id={incident} tier={tier} repaired={repaired} />}
      {!repaired && answer !== null && (
        <Button
          size="sm"
          className="mt-1 self-start"
          data-testid="tour-repair"
          disabled={repairing}
          onClick={onRepair}
        >
          <Wrench aria-hidden />
          {t("tour.repair", { tier })}
        </Button>
      )}
    </ol>
  );
}

/** The incident, and once it is over how long it took. */
function Story({ id, tier, repaired }: { id: string; tier: string; repaired: boolean }) {
  const { t } = useTranslation("start");
  const { data } = useRpc("incident", { id });
  const rto = data?.incident.rto_ms ?? null;
  return (
    <>
      <Step icon={CircleCheck}>
        {t("tour.incident", { id })}{" "}
        <a href={incidentHref(id)} className="text-accent underline underline-offset-2">
          {t("tour.story")}
        </a>
      </Step>
      {rto !== null ? (
        <Step icon={CircleCheck} tone="text-good">
          {t("tour.restored", { tier, rto: duration(rto) })}
        </Step>
      ) : (
        repaired && <Step icon={LoaderCircle}>{t("tour.recovering", { tier })}</Step>
      )}
    </>
  );
}

function Step({
  icon: Icon,
  tone = "text-muted",
  children,
}: {
  icon: LucideIcon;
  tone?: string;
  children: ReactNode;
}) {
  const spin = Icon === LoaderCircle ? "motion-safe:animate-spin" : "";
  return (
    <li className="flex items-start gap-2">
      <Icon className={`mt-0.5 size-4 shrink-0 ${tone} ${spin}`} aria-hidden />
      <span className="min-w-0">{children}</span>
    </li>
  );
}
