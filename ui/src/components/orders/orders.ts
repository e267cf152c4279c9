/** An order as a dialog asks for it, and as the program takes it. */
import type { CommandName, Request } from "@/host";

export type OrderAct =
  | { kind: "pin"; chain: string; tier: string }
  | { kind: "drain" | "disable" | "enable"; chain: string; tier: string; running?: number; replica?: string }
  | { kind: "unpin" | "failover" | "failback"; chain: string }
  | { kind: "maintenance"; chain: string; tier: string | null }
  | { kind: "end"; id: number; chain: string; tier: string | null }
  | { kind: "retire" | "unretire"; model: string };

/** A server's address, as the screens write it, from its id, which is `CHAIN/TIER@URL`. */
export function serverOf(chain: string, tier: string, id: string): string {
  const own = `${chain}/${tier}@`;
  return id.startsWith(own) ? id.slice(own.length).replace(/^https?:\/\//, "") : id;
}

/** What the dialog lets one choose besides the reason. */
export interface Choices {
  why: string;
  only: boolean;
  pin: "15m" | "1h" | "forever";
  window: "30m" | "1h" | "4h" | "24h";
  /** When a maintenance window begins, in milliseconds since 1970; absent: now. */
  from?: number | undefined;
}

const MINUTE = 60_000;
const PINS = { "15m": 15 * MINUTE, "1h": 60 * MINUTE, forever: null } as const;
const WINDOWS = { "30m": 30 * MINUTE, "1h": 60 * MINUTE, "4h": 240 * MINUTE, "24h": 1440 * MINUTE } as const;

export type Ordered = { [K in CommandName]: { name: K; request: Request<K> } }[
  | "order.pin"
  | "order.unpin"
  | "order.switch"
  | "order.failover"
  | "order.failback"
  | "order.maintenance"
  | "order.maintenance_end"
  | "order.retire"
  | "order.unretire"];

/** The command that carries an order out. */
export function command(act: OrderAct, { why, only, pin, window, from }: Choices, now: number): Ordered {
  switch (act.kind) {
    case "pin":
      return {
        name: "order.pin",
        request: { chain: act.chain, tier: act.tier, only, for_ms: PINS[pin], why },
      };
    case "drain":
    case "disable":
    case "enable":
      return {
        name: "order.switch",
        request: { chain: act.chain, tier: act.tier, replica: act.replica ?? null, to: act.kind, why },
      };
    case "unpin":
      return { name: "order.unpin", request: { chain: act.chain, why } };
    case "failover":
      return { name: "order.failover", request: { chain: act.chain, why } };
    case "failback":
      return { name: "order.failback", request: { chain: act.chain, why } };
    case "maintenance": {
      const from_ms = from !== undefined && from > now ? from : null;
      const to_ms = (from_ms ?? now) + WINDOWS[window];
      return {
        name: "order.maintenance",
        request: { chain: act.chain, tier: act.tier, from_ms, to_ms, why },
      };
    }
    case "end":
      return { name: "order.maintenance_end", request: { id: act.id, why } };
    case "retire":
      return { name: "order.retire", request: { model: act.model, why } };
    case "unretire":
      return { name: "order.unretire", request: { model: act.model, why } };
  }
}
