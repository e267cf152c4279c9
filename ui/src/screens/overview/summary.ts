/** A tier's figures from those of its replicas. Rates are shares of 0 to 1, times are milliseconds. */
import type { Health, ReplicaView, TierView } from "@/contract";

export interface TierSummary {
  health: Health;
  healthy: number;
  inFlight: number;
  /** Failed share of the last 15 minutes; null without requests. */
  errors: number | null;
  /** Of the slowest replica: percentiles of several servers cannot be averaged. */
  p95: number | null;
  /** The replica to show the breaker of: the one that is worst off. */
  breaker: ReplicaView | null;
}

const SEVERITY = { closed: 0, half_open: 1, open: 2 } as const;

/** One replica's worth of figures for a tier. */
export function summarise(tier: TierView): TierSummary {
  const { replicas } = tier;
  const requests = sum(replicas, (replica) => replica.requests);
  const p95s = replicas.map((replica) => replica.first_token_p95_ms).filter((value) => value !== null);
  return {
    health: healthOf(replicas),
    healthy: replicas.filter((replica) => replica.health === "healthy").length,
    inFlight: sum(replicas, (replica) => replica.in_flight),
    errors: requests === 0 ? null : sum(replicas, (replica) => replica.failures) / requests,
    p95: p95s.length === 0 ? null : Math.max(...p95s),
    breaker: replicas.toSorted((a, b) => SEVERITY[b.breaker] - SEVERITY[a.breaker])[0] ?? null,
  };
}

/** Down only when every replica is; degraded when any is less than healthy and known to be so. */
export function healthOf(replicas: readonly ReplicaView[]): Health {
  if (replicas.length === 0 || replicas.every((replica) => replica.health === "unknown")) return "unknown";
  if (replicas.every((replica) => replica.health === "down")) return "down";
  if (replicas.some((replica) => replica.health === "down" || replica.health === "degraded"))
    return "degraded";
  return "healthy";
}

function sum(replicas: readonly ReplicaView[], of: (replica: ReplicaView) => number): number {
  return replicas.reduce((total, replica) => total + of(replica), 0);
}
