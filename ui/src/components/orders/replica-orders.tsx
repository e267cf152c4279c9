import { Hand } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { HealthBadge } from "@/components/health";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import type { ChainView, OrderView, ReplicaView, TierView } from "@/contract";
import { useRpc } from "@/state/rpc";
import { OrderDialog } from "./order-dialog";
import type { OrderAct } from "./orders";
import { SwitchItems } from "./switch-items";
import { ORDER_ICONS } from "./tier-orders";

/** The servers of a tier that has several, each with its state and the orders for it alone. */
export function ReplicaOrders({ chain, tier }: { chain: ChainView; tier: TierView }) {
  const { t } = useTranslation("orders");
  const { data } = useRpc("orders", null);
  if (tier.replicas.length < 2) return null;
  const orderOf = (id: string) => data?.tiers.find((order) => order.replica === id);
  return (
    <ul aria-label={t("servers", { name: tier.name })} className="flex w-full min-w-0 flex-col">
      {tier.replicas.map((replica) => (
        <Row
          key={replica.id}
          place={{ chain: chain.name, tier: tier.name, replica: replica.id }}
          replica={replica}
          order={orderOf(replica.id)}
        />
      ))}
    </ul>
  );
}

interface RowProps {
  place: { chain: string; tier: string; replica: string };
  replica: ReplicaView;
  order: OrderView | undefined;
}

function Row({ place, replica, order }: RowProps) {
  const { t } = useTranslation("orders");
  const [act, setAct] = useState<OrderAct | null>(null);
  const Icon = order && ORDER_ICONS[order.kind];
  return (
    <li data-testid={`replica-${replica.url}`} className="flex min-w-0 items-center gap-2 text-xs">
      {!order && <HealthBadge health={replica.health} />}
      {order && Icon && (
        <Tooltip
          content={`${t("by", { by: order.given.by })}${order.given.why ? `: ${order.given.why}` : ""}`}
        >
          <span className="inline-flex shrink-0">
            <Badge tone="warn">
              <Icon aria-hidden />
              {t(`kind.${order.kind}`)}
            </Badge>
          </span>
        </Tooltip>
      )}
      <span className="min-w-0 flex-1 truncate font-mono text-muted" title={replica.url}>
        {replica.url.replace(/^https?:\/\//, "")}
      </span>
      <Menu
        trigger={
          <Button kind="ghost" size="icon" aria-label={t("menu", { name: replica.url })}>
            <Hand aria-hidden />
          </Button>
        }
      >
        <SwitchItems place={place} order={order} running={replica.in_flight} onAct={setAct} />
      </Menu>
      {act && <OrderDialog act={act} onClose={() => setAct(null)} />}
    </li>
  );
}
