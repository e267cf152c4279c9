import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ModeBadge, SimulatedBadge } from "@/components/mode";
import { ArmedBadge, ChainOrders } from "@/components/orders/chain-orders";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import type { Chain, ConfigPage } from "@/contract";
import { useLive } from "@/state/overview";
import { ChainDialog } from "./ChainDialog";
import { edit, withChain } from "./draft";
import { TierDialog } from "./TierDialog";
import { TierList } from "./TierList";

interface Props {
  page: ConfigPage;
  chain: Chain;
  /** Its place in the document. */
  at: number;
}

type Front = "edit" | "delete" | "add-tier" | null;

/** A chain: what it answers to, how it behaves, and its tiers in order. */
export function ChainCard({ page, chain, at }: Props) {
  const { t } = useTranslation("chains");
  const [front, setFront] = useState<Front>(null);
  const close = () => setFront(null);
  const locked = page.file !== null;
  const live = useLive((overview) => overview.chains.find((candidate) => candidate.name === chain.name));
  const remove = () => {
    edit(page, (document) => withChain(document, at, null));
    close();
  };
  return (
    <section
      aria-label={chain.name}
      data-testid={`chain-${chain.name}`}
      className="rounded-lg border border-line bg-surface"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1 px-4 pt-3 pb-2">
        <Heading chain={chain} />
        <div className="-mr-2 flex flex-wrap gap-1">
          {live && <ChainOrders chain={live} />}
          {!locked && (
            <>
              <Button kind="ghost" size="sm" onClick={() => setFront("edit")}>
                <Pencil aria-hidden />
                {t("chain.edit")}
              </Button>
              <Button kind="ghost" size="sm" onClick={() => setFront("delete")}>
                <Trash2 aria-hidden />
                {t("chain.delete")}
              </Button>
            </>
          )}
        </div>
      </header>
      <TierList page={page} chain={chain} at={at} />
      {!locked && (
        <footer className="border-t border-line px-2 py-1.5">
          <Button
            kind="ghost"
            size="sm"
            data-testid={`add-tier-${chain.name}`}
            onClick={() => setFront("add-tier")}
          >
            <Plus aria-hidden />
            {t("chain.add_tier")}
          </Button>
        </footer>
      )}
      {front === "edit" && <ChainDialog page={page} at={at} onClose={close} />}
      {front === "add-tier" && <TierDialog page={page} chain={chain} at={at} place={null} onClose={close} />}
      <Confirm
        open={front === "delete"}
        title={t("chain.delete_title", { name: chain.name })}
        description={t("chain.delete_body", { count: chain.tiers.length })}
        action={t("chain.delete")}
        onConfirm={remove}
        onClose={close}
      />
    </section>
  );
}

function Heading({ chain }: { chain: Chain }) {
  const { t } = useTranslation("chains");
  const live = useLive((overview) => overview.chains.find((candidate) => candidate.name === chain.name));
  const { mode, hold, ramp } = chain.failback;
  const aliases = chain.aliases.map((alias) => (alias === "*" ? t("chain.any") : alias)).join(", ");
  const facts = [
    aliases && `${t("chain.aliases")} ${aliases}`,
    `${t("chain.deadline")} ${chain.deadline}`,
    mode === "auto" ? t("chain.failback_auto", { hold, ramp }) : t("chain.failback_manual"),
  ].filter(Boolean);
  return (
    <div className="min-w-60 flex-1">
      <h2 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-base font-semibold">
        <span className="min-w-0 truncate" title={chain.name}>
          {chain.name}
        </span>
        {live && <ModeBadge mode={live.mode} />}
        {live?.simulated && <SimulatedBadge />}
        {live && live.mode !== "off" && <ArmedBadge chain={live} />}
      </h2>
      <p className="text-xs text-muted">{facts.join(" · ")}</p>
    </div>
  );
}
