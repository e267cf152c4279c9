import { Activity, Radio, Search, ShieldCheck, ShieldOff, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { ModeBadge, SimulatedBadge } from "@/components/mode";
import { Since, Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { ChainView, Overview } from "@/contract";
import { useConnection } from "@/state/live";
import { useNow } from "@/state/now";
import { STALE_AFTER_MS, useHeardAt, useOverview } from "@/state/overview";
import { show } from "./store";

/** Who answers, since when, how well, and how old that knowledge is. On every screen. */
export function StatusStrip() {
  const { t } = useTranslation();
  const { data } = useOverview();
  const lost = useConnection((state) => state.link === "lost");
  return (
    <section
      aria-label={t("strip.label")}
      className="flex h-12 shrink-0 items-center gap-3 overflow-hidden border-b border-line px-4 min-[900px]:px-6"
    >
      {data && (
        <div className={`flex min-w-0 items-center gap-3 ${lost ? "saturate-0" : ""}`}>
          <Answering overview={data} />
          <OpenIncidents count={data.open_incidents} />
        </div>
      )}
      <div className="ml-auto flex shrink-0 items-center gap-3">
        <Age />
        <Button kind="ghost" size="sm" onClick={() => show("palette")}>
          <Search aria-hidden />
          <span className="max-[899px]:sr-only">{t("strip.search")}</span>
          <kbd className="rounded border border-line px-1 font-sans text-2xs text-faint">Ctrl K</kbd>
        </Button>
      </div>
    </section>
  );
}

function Answering({ overview }: { overview: Overview }) {
  const { t } = useTranslation();
  const chain = overview.chains.find((candidate) => candidate.name === overview.chain);
  if (!chain) return <span className="text-muted">{t("strip.no_chain")}</span>;
  return (
    <>
      <ModeBadge mode={chain.mode} />
      {chain.simulated && <SimulatedBadge />}
      {chain.mode !== "off" && <Armed chain={chain} />}
      <span
        className="min-w-0 truncate"
        title={
          chain.serving
            ? `${t("strip.answering", { tier: chain.serving })} ${t("strip.for_chain", { chain: chain.name })}`
            : undefined
        }
      >
        {chain.serving ? (
          <strong>{t("strip.answering", { tier: chain.serving })}</strong>
        ) : (
          <strong>{t("strip.nobody")}</strong>
        )}
        <span className="text-muted"> {t("strip.for_chain", { chain: chain.name })}</span>
        {chain.serving && (
          <span className="text-muted">
            {", "}
            <Since at={chain.since_ms} />
          </span>
        )}
      </span>
    </>
  );
}

/** Whether another tier would answer now if this one failed, as the router itself plans it. */
function Armed({ chain }: { chain: ChainView }) {
  const { t } = useTranslation();
  const why = chain.not_armed ?? "";
  return (
    <Badge tone={chain.armed ? "neutral" : "warn"}>
      {chain.armed ? <ShieldCheck aria-hidden /> : <ShieldOff aria-hidden />}
      <span title={why}>{t(chain.armed ? "strip.armed" : "strip.not_armed")}</span>
      {!chain.armed && why !== "" && <span className="sr-only">: {why}</span>}
    </Badge>
  );
}

function OpenIncidents({ count }: { count: number }) {
  const { t } = useTranslation();
  if (count === 0) return null;
  return (
    <a href="#/incidents" className="flex shrink-0 rounded">
      <Badge tone="bad">
        <TriangleAlert aria-hidden />
        {t("strip.incidents", { count })}
      </Badge>
    </a>
  );
}

/** "Live" while the data is fresh, else how old it is. */
function Age() {
  const { t } = useTranslation();
  const heardAt = useHeardAt();
  const lost = useConnection((state) => state.link === "lost");
  const now = useNow();
  if (heardAt === null) return <span className="text-xs text-faint">{t("strip.waiting")}</span>;
  if (!lost && now - heardAt < STALE_AFTER_MS) {
    return (
      <span className="flex items-center gap-1.5 text-xs text-muted">
        <Radio className="size-3.5" aria-hidden />
        {t("strip.live")}
      </span>
    );
  }
  return (
    <span className="flex items-center gap-1.5 text-xs text-faint">
      <Activity className="size-3.5" aria-hidden />
      {t("strip.age")} <Time at={heardAt} />
    </span>
  );
}
