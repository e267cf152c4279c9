import { OrderDialog } from "@/components/orders/order-dialog";
import type { Choices, OrderAct } from "@/components/orders/orders";

interface Asked {
  order?: "pin" | "unpin" | "failover" | "failback" | undefined;
  chain?: string | undefined;
  tier?: string | undefined;
  length?: Choices["pin"] | undefined;
  only?: boolean | undefined;
}

/** What is asked about, if the address names all of it. */
function actOf({ order, chain, tier }: Asked): OrderAct | null {
  if (!order || !chain) return null;
  if (order !== "pin") return { kind: order, chain };
  return tier ? { kind: "pin", chain, tier } : null;
}

/** The dialog of an order that was chosen elsewhere, in the tray's menu. Nothing is given before it is confirmed here. */
export function AskedOrder({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const act = actOf(asked);
  if (!act) return null;
  const proposed = { pin: asked.length ?? "15m", only: asked.only ?? false };
  return <OrderDialog key={JSON.stringify(asked)} act={act} proposed={proposed} onClose={onClose} />;
}
