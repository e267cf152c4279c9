/** Looks for model servers on this machine and makes a chain of them: a draft, to be reviewed as any other. */
import { useNavigate } from "@tanstack/react-router";
import { ListChecks, RefreshCw, ServerOff } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { ConfigPage, Discovery } from "@/contract";
import { useRpc } from "@/state/rpc";
import { edit, useDraft } from "../draft";
import { useConfig } from "../use-config";
import { OtherPorts } from "./OtherPorts";
import { PortRows } from "./PortRows";
import { type Chosen, chainWith, firstModel, placeFor, tiersFor, usable, withProposal } from "./proposal";

/** Looked at again when the panel is opened after this long, ms. */
const FRESH_MS = 60_000;

/** `onDone` is called when the chain went into the draft. */
export function LocalServers({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation("start");
  const [ports, setPorts] = useState<number[]>([]);
  const { data, error, isFetching, refetch } = useRpc(
    "discover",
    { ports },
    { staleTime: FRESH_MS, retry: false },
  );
  const { data: page } = useConfig();
  return (
    <div className="flex flex-col gap-3">
      <p className="max-w-[90ch] text-muted">{t("servers.lead")}</p>
      {error && <ErrorState error={error} onRetry={refetch} />}
      {!data && !error && <Looking />}
      {data && page && (
        <Found key={data.took_ms} discovery={data} page={page} {...(onDone ? { onDone } : {})} />
      )}
      <div className="flex flex-wrap items-end justify-between gap-3 border-t border-line pt-3">
        <OtherPorts onLook={setPorts} />
        <Button kind="ghost" data-testid="look-again" disabled={isFetching} onClick={() => void refetch()}>
          <RefreshCw aria-hidden className={isFetching ? "animate-spin" : ""} />
          {t("servers.again")}
        </Button>
      </div>
    </div>
  );
}

function Looking() {
  const { t } = useTranslation("start");
  return (
    <div role="status" className="flex flex-col gap-2">
      <span className="text-xs text-faint">{t("servers.looking")}</span>
      <Skeleton className="h-10" />
      <Skeleton className="h-10" />
    </div>
  );
}

interface FoundProps {
  discovery: Discovery;
  page: ConfigPage;
  onDone?: () => void;
}

function Found({ discovery, page, onDone }: FoundProps) {
  const servers = usable(discovery.ports);
  const document = useDraft((state) => state.draft?.document) ?? page.document;
  // A server that has its place already is not proposed once more, unless it is asked for.
  const placed = servers.filter(({ url }) => chainWith(document, url)).map(({ port }) => port);
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set(placed));
  const [models, setModels] = useState<Readonly<Record<number, string>>>({});
  const modelOf = (port: (typeof servers)[number]) => models[port.port] ?? firstModel(port.models);
  const chosen: Chosen[] = servers
    .filter(({ port }) => !left.has(port))
    .map((server) => ({ url: server.url, provider: server.provider, model: modelOf(server) }));
  const flip = (port: number) =>
    setLeft((before) => {
      const after = new Set(before);
      if (!after.delete(port)) after.add(port);
      return after;
    });
  return (
    <>
      {servers.length === 0 && <NoServer />}
      <PortRows
        ports={discovery.ports}
        taken={(port) => !left.has(port)}
        chainOf={(server) => chainWith(document, server.url)}
        modelOf={modelOf}
        onTake={flip}
        onModel={(port, model) => setModels((before) => ({ ...before, [port]: model }))}
      />
      {servers.length > 0 && <Propose page={page} chosen={chosen} {...(onDone ? { onDone } : {})} />}
    </>
  );
}

function NoServer() {
  const { t } = useTranslation("start");
  return (
    <div className="flex items-start gap-3 rounded-md bg-canvas px-3 py-2.5">
      <ServerOff className="mt-0.5 size-4 shrink-0 text-faint" aria-hidden />
      <div>
        <p className="font-medium">{t("servers.none")}</p>
        <p className="max-w-[80ch] text-muted">{t("servers.none_body")}</p>
      </div>
    </div>
  );
}

function Propose({ page, chosen, onDone }: { page: ConfigPage; chosen: Chosen[]; onDone?: () => void }) {
  const { t } = useTranslation("start");
  const navigate = useNavigate();
  const document = useDraft((state) => state.draft?.document) ?? page.document;
  const tiers = tiersFor(chosen);
  const propose = () => {
    edit(page, (before) => withProposal(before, tiers));
    useDraft.setState({ review: true });
    onDone?.();
    void navigate({ to: "/chains" });
  };
  if (page.file) return <p className="text-muted">{t("servers.locked_file", { file: page.file })}</p>;
  if (tiers.length === 0) return <p className="text-muted">{t("servers.nothing_taken")}</p>;
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button kind="primary" data-testid="propose-chain" onClick={propose}>
        <ListChecks aria-hidden />
        {t("servers.propose")}
      </Button>
      <p className="text-muted">
        {t("servers.propose_lead", { name: placeFor(document).name, count: tiers.length })}
      </p>
    </div>
  );
}
