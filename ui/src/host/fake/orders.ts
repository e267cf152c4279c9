/** Fixtures of the operator's orders: the answers keep what was ordered, as the program does. */
import type { OrdersPage, OrderView } from "@/contract";
import type { Answers } from "./index";

export function ordersPage(over: Partial<OrdersPage> = {}): OrdersPage {
  return { pins: [], tiers: [], windows: [], retired: [], recent: [], ...over };
}

const KINDS = { drain: "draining", disable: "disabled" } as const;

export function ordersAnswers(): Answers {
  let page = ordersPage();
  const given = (why: string) => ({ by: "operator (window)", at_ms: Date.now(), why });
  const keep = (change: Partial<OrdersPage>) => {
    page = { ...page, ...change };
    return page;
  };
  return {
    orders: () => page,
    "order.pin": ({ chain, tier, only, for_ms, why }) => {
      const until_ms = for_ms === null ? null : Date.now() + for_ms;
      return keep({ pins: [{ chain, tier, only, until_ms, given: given(why) }] });
    },
    "order.unpin": () => keep({ pins: [] }),
    "order.switch": ({ chain, tier, replica, to, why }) => {
      const others = page.tiers.filter((order) => order.tier !== tier);
      if (to === "enable") return keep({ tiers: others });
      const order: OrderView = { kind: KINDS[to], chain, tier, replica, until_ms: null, given: given(why) };
      return keep({ tiers: [...others, order] });
    },
    "order.failover": () => page,
    "order.failback": () => keep({ pins: [] }),
    "order.maintenance": ({ chain, tier, from_ms, to_ms, why }) => {
      const window = { id: 1, chain, tier, from_ms: from_ms ?? Date.now(), to_ms, open: from_ms === null };
      return keep({ windows: [{ ...window, given: given(why) }] });
    },
    "order.maintenance_end": () => keep({ windows: [] }),
    "order.retire": ({ model, why }) => {
      return keep({ retired: [{ model, tiers: ["practice/gpu"], given: given(why) }] });
    },
    "order.unretire": () => keep({ retired: [] }),
  };
}
