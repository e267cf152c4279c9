import { Hand, Pin, PinOff, ShieldCheck, ShieldOff, Undo2, Wrench } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import type { ChainView } from "@/contract";
import { OrderDialog } from "./order-dialog";
import type { OrderAct } from "./orders";

/** Whether another tier would answer now if the one that does failed, as the router itself says. */
export function ArmedBadge({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("orders");
  const Icon = chain.armed ? ShieldCheck : ShieldOff;
  return (
    <Tooltip content={chain.not_armed ?? t("armed_hint")}>
      <span data-testid={`armed-${chain.name}`} className="inline-flex">
        <Badge tone={chain.armed ? "neutral" : "warn"}>
          <Icon aria-hidden />
          {t(chain.armed ? "armed" : "not_armed")}
        </Badge>
      </span>
    </Tooltip>
  );
}

/** Whether there is something to fail back from. */
export const canFailBack = (chain: ChainView) =>
  chain.pin !== null ||
  chain.tiers.some((tier) => tier.waits || tier.order?.kind === "set_aside") ||
  chain.tiers.some((tier) => tier.share > 0 && tier.share < 1);

/** Pins the tier that answers, or releases the pin. */
export function PinServing({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("orders");
  const [act, setAct] = useState<OrderAct | null>(null);
  const { pin, serving, name } = chain;
  if (!pin && !serving) return null;
  const wanted: OrderAct = pin
    ? { kind: "unpin", chain: name }
    : { kind: "pin", chain: name, tier: serving ?? "" };
  const Icon = pin ? PinOff : Pin;
  return (
    <>
      <Button kind="ghost" size="sm" data-testid={`pin-${name}`} onClick={() => setAct(wanted)}>
        <Icon aria-hidden />
        {t(`${wanted.kind}.act`)}
      </Button>
      {act && <OrderDialog act={act} onClose={() => setAct(null)} />}
    </>
  );
}

/** The orders that can be given for a whole chain. */
export function ChainOrders({ chain }: { chain: ChainView }) {
  const { t } = useTranslation("orders");
  const [act, setAct] = useState<OrderAct | null>(null);
  return (
    <>
      {canFailBack(chain) && (
        <Button
          size="sm"
          data-testid={`failback-${chain.name}`}
          onClick={() => setAct({ kind: "failback", chain: chain.name })}
        >
          <Undo2 aria-hidden />
          {t("failback.item")}
        </Button>
      )}
      <Menu
        trigger={
          <Button kind="ghost" size="sm" data-testid={`chain-orders-${chain.name}`}>
            <Hand aria-hidden />
            {t("chain_menu")}
          </Button>
        }
      >
        <MenuItem onClick={() => setAct({ kind: "failover", chain: chain.name })}>
          <Hand aria-hidden />
          {t("failover.item")}
        </MenuItem>
        <MenuItem onClick={() => setAct({ kind: "failback", chain: chain.name })}>
          <Undo2 aria-hidden />
          {t("failback.item")}
        </MenuItem>
        <MenuItem onClick={() => setAct({ kind: "maintenance", chain: chain.name, tier: null })}>
          <Wrench aria-hidden />
          {t("maintenance.item")}
        </MenuItem>
      </Menu>
      {act && <OrderDialog act={act} onClose={() => setAct(null)} />}
    </>
  );
}
