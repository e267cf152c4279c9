import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { EndpointCard } from "@/components/endpoint-card";
import { Page } from "@/components/page";
import { ErrorState, LoadingState } from "@/components/states";
import { Select } from "@/components/ui/select";
import type { ChainView, Overview } from "@/contract";
import { useOverview } from "@/state/overview";
import { Figures } from "./Figures";
import { FirstChain } from "./FirstChain";
import { FirstServers } from "./FirstServers";
import { Practice } from "./Practice";
import { Recent } from "./Recent";
import { Sentence } from "./Sentence";
import { TierStrip } from "./TierStrip";
import { Week } from "./Week";

export function OverviewScreen() {
  const { t } = useTranslation("overview");
  const { data, error, refetch } = useOverview();
  const { chain: wanted } = useSearch({ from: "/" });
  const chain = data && pick(data, wanted);
  const many = data && data.chains.length > 1 && chain;
  return (
    <Page title={t("title")} actions={many && <ChainPicker overview={data} chain={chain} />}>
      {data ? (
        <Content overview={data} chain={chain} />
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : (
        <LoadingState rows={5} />
      )}
    </Page>
  );
}

/** The chain asked for in the address, else the one the sentence speaks of, else the first. */
function pick({ chains, chain }: Overview, wanted: string | undefined): ChainView | undefined {
  const named = (name: string | null | undefined) => chains.find((candidate) => candidate.name === name);
  return named(wanted) ?? named(chain) ?? chains[0];
}

function ChainPicker({ overview, chain }: { overview: Overview; chain: ChainView }) {
  const { t } = useTranslation("overview");
  const navigate = useNavigate();
  return (
    <div className="flex items-center gap-2">
      <span className="text-xs font-medium text-muted" aria-hidden>
        {t("chain")}
      </span>
      <Select
        aria-label={t("chain")}
        className="w-auto max-w-56 min-w-32"
        value={chain.name}
        options={overview.chains.map(({ name }) => ({ value: name, label: name }))}
        onChange={(name) => void navigate({ to: "/", search: { chain: name } })}
      />
    </div>
  );
}

function Content({ overview, chain }: { overview: Overview; chain: ChainView | undefined }) {
  const practising = chain?.simulated ?? true;
  return (
    <>
      <Sentence overview={overview} chain={chain} />
      {chain ? <TierStrip chain={chain} /> : <FirstChain />}
      <div className="grid gap-4 min-[900px]:grid-cols-[minmax(0,1fr)_minmax(280px,340px)]">
        <div className="flex min-w-0 flex-col gap-4">
          <FirstServers overview={overview} />
          {chain && <Figures chain={chain.name} />}
          {(chain || overview.recent.length > 0) && <Recent changes={overview.recent} />}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          {practising && <Practice chains={overview.chains} shown={chain} />}
          <EndpointCard endpoint={overview.endpoint} model={chain?.name} />
          <Week figures={overview.week} />
          {!practising && <Practice chains={overview.chains} shown={chain} />}
        </div>
      </div>
    </>
  );
}
