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
    requests: () => [
      {
        id: "0190-a",
        at_ms: Date.now() - 4_000,
        asked: "gpt-4o",
        chain: "practice",
        simulated: true,
        stream: true,
        tier: "gpu-2",
        result: "answered",
        total_ms: 412,
        tiers: [
          { tier: "gpu", why_not: null },
          { tier: "gpu-2", why_not: null },
          { tier: "cpu", why_not: "draining" },
        ],
        tries: [
          {
            tier: "gpu",
            server: "127.0.0.1:41877",
            began_ms: Date.now() - 4_000,
            first_token_ms: null,
            total_ms: 3,
            failure: "refused",
            message: "connection refused by 127.0.0.1:41877",
            verdict: "the next tier is asked; counts against the server",
            left_out: [],
            resumes: false,
          },
          {
            tier: "gpu-2",
            server: "127.0.0.1:41879",
            began_ms: Date.now() - 3_990,
            first_token_ms: 84,
            total_ms: 405,
            failure: null,
            message: "",
            verdict: null,
            left_out: [],
            resumes: false,
          },
        ],
        not_resumed: null,
      },
    ],
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
