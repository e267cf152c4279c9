import { useSortable } from "@dnd-kit/react/sortable";
import { ArrowDown, ArrowRightLeft, ArrowUp, GripVertical } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { EngineLoad } from "@/components/engine-load";
import { FiguresButton } from "@/components/figures-button";
import { HealthBadge } from "@/components/health";
import { ReplicaOrders } from "@/components/orders/replica-orders";
import { TierOrderBadge, TierOrders } from "@/components/orders/tier-orders";
import { RestartNote } from "@/components/restart-note";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import type { Chain, ChainView, ConfigPage, Tier, TierView } from "@/contract";
import { cn } from "@/lib/cn";
import { ChecksBar } from "../overview/ChecksBar";
import { healthOf } from "../overview/summary";
import { edit, withTier } from "./draft";
import { Address, Identity } from "./TierFacts";
import { TierMenu } from "./TierMenu";

interface Props {
  page: ConfigPage;
  chain: Chain;
  at: number;
  place: number;
  tier: Tier;
  live: TierView | undefined;
  liveChain: ChainView | undefined;
  onMove: (from: number, to: number) => void;
}

/** One tier of the order. Alt and an arrow key move it, so do its buttons, its menu and its grip. */
export function TierRow({ page, chain, at, place, tier, live, liveChain, onMove }: Props) {
  const { t } = useTranslation("chains");
  const locked = page.file !== null;
  const { ref, handleRef, isDragging } = useSortable({
    id: `${chain.name}/${tier.name}`,
    index: place,
    disabled: locked,
  });
  const count = chain.tiers.length;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || locked) return;
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    onMove(place, place + step);
  };
  return (
    <li
      // dnd-kit makes whatever it is given a button; a list that a file decides has nothing to lift.
      ref={locked ? undefined : ref}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: Alt and arrows move the focused row
      tabIndex={0}
      aria-label={t(locked ? "tier.row_locked" : "tier.row", { name: tier.name, n: place + 1, count })}
      data-testid={`tier-row-${tier.name}`}
      onKeyDown={onKeyDown}
      className={cn(
        "grid items-start gap-x-3 gap-y-1.5 border-t border-line bg-surface py-2.5 pr-2 pl-1",
        // In a narrow window the address and the live state go below the name.
        "grid-cols-[auto_auto_minmax(0,1fr)_minmax(0,1fr)_auto_auto]",
        "min-[1180px]:grid-cols-[auto_auto_minmax(0,2fr)_minmax(0,1.8fr)_minmax(0,1.7fr)_auto_auto]",
        "focus-visible:outline-offset-[-2px]",
        locked && "last:rounded-b-lg",
        isDragging && "relative z-10 rounded-md shadow-pop",
      )}
    >
      {locked ? (
        <span className="w-1" />
      ) : (
        <button
          ref={handleRef}
          type="button"
          data-testid={`tier-grip-${tier.name}`}
          aria-label={t("tier.grip", { name: tier.name })}
          className="-mt-1.5 flex h-9 w-6 cursor-grab touch-none items-center justify-center rounded text-faint select-none hover:bg-hover hover:text-ink active:cursor-grabbing"
        >
          <GripVertical className="size-4" aria-hidden />
        </button>
      )}
      <span className="numeric w-5 text-center font-semibold text-faint">{place + 1}</span>
      <div className="min-w-0 max-[1179px]:col-span-2">
        <Identity tier={tier} />
      </div>
      <div className="min-w-0 max-[1179px]:col-start-3 max-[1179px]:row-start-2">
        <Address tier={tier} />
      </div>
      <div className="min-w-0 max-[1179px]:col-span-3 max-[1179px]:row-start-2">
        <State tier={tier} live={live} chain={liveChain} />
      </div>
      <Switch
        className="mt-0.5"
        aria-label={t("tier.enabled", { name: tier.name })}
        checked={tier.enabled}
        disabled={locked}
        onCheckedChange={(enabled) => edit(page, (d) => withTier(d, at, place, { ...tier, enabled }))}
      />
      <div className="-mt-1 flex justify-end">
        {live && liveChain && <TierOrders chain={liveChain} tier={live} />}
        {!locked && <Moves page={page} chain={chain} at={at} place={place} tier={tier} onMove={onMove} />}
      </div>
    </li>
  );
}

interface StateProps {
  tier: Tier;
  live: TierView | undefined;
  chain: ChainView | undefined;
}

function State({ tier, live, chain }: StateProps) {
  const { t } = useTranslation("chains");
  if (!tier.enabled)
    return (
      <Badge tone="unknown" className="justify-self-start">
        {t("tier.disabled")}
      </Badge>
    );
  if (!live) return <Badge className="justify-self-start">{t("tier.new")}</Badge>;
  return (
    <div className="flex min-w-0 flex-col items-start gap-0.5">
      <span className="flex min-h-5 w-full flex-wrap items-center gap-x-2">
        <HealthBadge health={healthOf(live.replicas)} />
        {chain?.serving === tier.name && (
          <span className="flex items-center gap-1 text-xs font-medium text-accent">
            <ArrowRightLeft className="size-3" aria-hidden />
            {t("tier.answering")}
          </span>
        )}
        <FiguresButton tier={live} className="-my-1 ml-auto" />
      </span>
      {chain && <TierOrderBadge chain={chain} tier={live} />}
      {live.why_not && !live.order && (
        <span className="w-full truncate text-xs text-muted" title={live.why_not}>
          {t("tier.held", { why: live.why_not })}
        </span>
      )}
      {chain && <ReplicaOrders chain={chain} tier={live} />}
      {live.replicas.map((replica) => (
        <EngineLoad key={replica.id} load={replica.load} />
      ))}
      {live.replicas.map((replica) => (
        <RestartNote key={replica.id} restart={replica.restart} />
      ))}
      {live.replicas.map((replica) => (
        <div key={replica.id} className="w-full">
          <ChecksBar name={replica.url} checks={replica.checks} />
        </div>
      ))}
    </div>
  );
}

type MovesProps = Pick<Props, "page" | "chain" | "at" | "place" | "tier" | "onMove">;

function Moves({ page, chain, at, place, tier, onMove }: MovesProps) {
  const { t } = useTranslation("chains");
  return (
    <div className="flex">
      <Button
        kind="ghost"
        size="icon"
        data-testid={`tier-up-${tier.name}`}
        aria-label={t("tier.up", { name: tier.name })}
        aria-disabled={place === 0}
        className="aria-disabled:opacity-40"
        onClick={() => onMove(place, place - 1)}
      >
        <ArrowUp aria-hidden />
      </Button>
      <Button
        kind="ghost"
        size="icon"
        data-testid={`tier-down-${tier.name}`}
        aria-label={t("tier.down", { name: tier.name })}
        aria-disabled={place === chain.tiers.length - 1}
        className="aria-disabled:opacity-40"
        onClick={() => onMove(place, place + 1)}
      >
        <ArrowDown aria-hidden />
      </Button>
      <TierMenu page={page} chain={chain} at={at} place={place} tier={tier} onMove={onMove} />
    </div>
  );
}
