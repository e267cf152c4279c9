import { getRouteApi, Link } from "@tanstack/react-router";
import { ListOrdered } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Page } from "@/components/page";
import { EmptyState, ErrorState, LoadingState } from "@/components/states";
import { buttonClass } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Overview } from "@/contract";
import { useOverview } from "@/state/overview";
import { AnswerCard } from "./AnswerCard";
import { boundsOf, usualNumber } from "./fault";
import { type Choices, PromptForm, type Target } from "./PromptForm";
import { useRuns } from "./run";

const route = getRouteApi("/playground");

export function PlaygroundScreen() {
  const { t } = useTranslation("playground");
  const { data, error, refetch } = useOverview();
  return (
    <Page title={t("title")} lead={t("lead")}>
      {data && data.chains.length > 0 && <Content overview={data} />}
      {data && data.chains.length === 0 && <NoChain />}
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState rows={4} />)}
    </Page>
  );
}

function NoChain() {
  const { t } = useTranslation("playground");
  return (
    <Card>
      <EmptyState
        icon={<ListOrdered aria-hidden />}
        title={t("empty.title")}
        action={
          <Link to="/chains" className={buttonClass("primary")}>
            {t("empty.action")}
          </Link>
        }
      >
        {t("empty.body")}
      </EmptyState>
    </Card>
  );
}

/** A number stands plainly in the address; what is half typed stands there as it is. */
const asNumber = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : text);

/** Chain, tiers and fault are in the address, so that a tier can be linked to. */
function Content({ overview }: { overview: Overview }) {
  const { t } = useTranslation("playground");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { first, second } = useRuns();
  const named = (name: string | null | undefined) => overview.chains.find((chain) => chain.name === name);
  const chain = named(search.chain) ?? named(overview.chain) ?? overview.chains[0];
  if (!chain) return null;
  const known = (tier: string | undefined) => chain.tiers.some(({ name }) => name === tier);
  const tier = known(search.tier) ? (search.tier ?? null) : null;
  const target: Target = {
    chain,
    tier,
    other: search.other === undefined ? undefined : known(search.other) ? search.other : null,
    fault: search.fault
      ? {
          kind: search.fault,
          tier: tier === null && known(search.fault_tier) ? (search.fault_tier ?? null) : null,
          number: String(search.fault_number ?? usualNumber(search.fault)),
        }
      : null,
  };
  const choose = (next: Choices) => {
    const fault = next.fault === undefined ? target.fault : next.fault;
    void navigate({
      replace: true,
      search: {
        chain: next.chain ?? chain.name,
        tier: ("tier" in next ? next.tier : target.tier) ?? undefined,
        other: "other" in next ? (next.other === null ? "" : next.other) : search.other,
        fault: fault?.kind,
        fault_tier: fault?.tier ?? undefined,
        fault_number: fault && boundsOf(fault.kind) ? asNumber(fault.number) : undefined,
      },
    });
  };
  const nameOf = (tier: string | null) => tier ?? chain.name;
  return (
    <>
      <PromptForm overview={overview} target={target} onChoose={choose} />
      <div className={`grid gap-4 ${target.other === undefined ? "" : "min-[900px]:grid-cols-2"}`}>
        <AnswerCard
          side="first"
          run={first}
          name={nameOf(target.tier)}
          target={target}
          endpoint={overview.endpoint}
        />
        {target.other !== undefined && (
          <AnswerCard
            side="second"
            run={second}
            name={nameOf(target.other)}
            target={target}
            endpoint={overview.endpoint}
          />
        )}
      </div>
      <p className="sr-only" aria-live="polite">
        {first?.end?.tier ? t("answer.done", { tier: first.end.tier }) : ""}
      </p>
    </>
  );
}
