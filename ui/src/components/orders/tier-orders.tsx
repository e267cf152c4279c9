import { Ban, CirclePause, Droplets, Hand, OctagonX, Pin, PinOff, Play, Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import type { ChainView, TierView } from "@/contract";
import { OrderDialog } from "./order-dialog";
import type { OrderAct } from "./orders";
import { SwitchItems } from "./switch-items";

/** The orders that can be given for a tier. They hold at once, whatever the draft says. */
export function TierOrders({ chain, tier }: { chain: ChainView; tier: TierView }) {
  const { t } = useTranslation("orders");
  const [act, setAct] = useState<OrderAct | null>(null);
  const place = { chain: chain.name, tier: tier.name };
  const running = tier.replicas.reduce((sum, { in_flight }) => sum + in_flight, 0);
  const pinned = chain.pin?.tier === tier.name;
  return (
    <>
      <Menu
        trigger={
          <Button
            kind="ghost"
            size="icon"
            data-testid={`tier-orders-${tier.name}`}
            aria-label={t("menu", { name: tier.name })}
          >
            <Hand aria-hidden />
          </Button>
        }
      >
        {pinned ? (
          <MenuItem onClick={() => setAct({ kind: "unpin", chain: chain.name })}>
            <PinOff aria-hidden />
            {t("unpin.item")}
          </MenuItem>
        ) : (
          <MenuItem onClick={() => setAct({ kind: "pin", ...place })}>
            <Pin aria-hidden />
            {t("pin.item")}
          </MenuItem>
        )}
        <MenuSeparator />
        <SwitchItems place={place} order={tier.order} running={running} onAct={setAct} />
        <MenuItem onClick={() => setAct({ kind: "maintenance", ...place })}>
          <Wrench aria-hidden />
          {t("maintenance.item")}
        </MenuItem>
        <MenuSeparator />
        {tier.order?.kind === "retired" ? (
          <MenuItem onClick={() => setAct({ kind: "unretire", model: tier.model })}>
            <Play aria-hidden />
            {t("unretire.item")}
          </MenuItem>
        ) : (
          <MenuItem danger onClick={() => setAct({ kind: "retire", model: tier.model })}>
            <Ban aria-hidden />
            {t("retire.item")}
          </MenuItem>
        )}
      </Menu>
      {act && <OrderDialog act={act} onClose={() => setAct(null)} />}
    </>
  );
}

/** What stands for each order. */
export const ORDER_ICONS = {
  draining: Droplets,
  disabled: CirclePause,
  set_aside: OctagonX,
  maintenance: Wrench,
  retired: Ban,
} as const;

/** Which order holds for a tier, who gave it and why. */
export function TierOrderBadge({ chain, tier }: { chain: ChainView; tier: TierView }) {
  const { t } = useTranslation("orders");
  const pin = chain.pin?.tier === tier.name ? chain.pin : null;
  const given = pin?.given ?? tier.order?.given;
  if (!given) return tier.waits ? <Badge tone="warn">{t("waits")}</Badge> : null;
  const until = pin?.until_ms ?? tier.order?.until_ms;
  const Icon = pin ? Pin : tier.order ? ORDER_ICONS[tier.order.kind] : Hand;
  const word = pin ? t(pin.only ? "pinned_only" : "pinned") : tier.order ? t(`kind.${tier.order.kind}`) : "";
  return (
    <span className="flex flex-wrap items-center gap-x-2 text-xs text-muted">
      <Tooltip content={`${t("by", { by: given.by })}${given.why ? `: ${given.why}` : ""}`}>
        <span className="inline-flex">
          <Badge tone="warn">
            <Icon aria-hidden />
            {word}
          </Badge>
        </span>
      </Tooltip>
      {until && (
        <span>
          {t("until")} <Time at={until} />
        </span>
      )}
    </span>
  );
}
