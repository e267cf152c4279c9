/** The order that a runbook's act stands for in an incident. */
import type { OrderAct } from "@/components/orders/orders";
import type { ChainView, Incident } from "@/contract";

/** What an incident of cost puts in front of its tier's name. */
const COST = "cost of ";

/** The tier that an incident is of, if it is of one. */
export function tierOf(incident: Incident): string {
  return incident.tier.startsWith(COST) ? incident.tier.slice(COST.length) : incident.tier;
}

/**
 * The order, or null where the act has nothing to act upon: no such chain or tier any more, nobody who took over to
 * pin, an act that the program does not know.
 */
export function orderFor(act: string, incident: Incident, chains: readonly ChainView[]): OrderAct | null {
  if (act === "retire" || act === "unretire") {
    const model = modelOf(incident, chains);
    return model === null ? null : { kind: act, model };
  }
  const chain = chains.find(({ name }) => name === incident.chain);
  if (chain === undefined) return null;
  if (act === "failover" || act === "failback" || act === "unpin") return { kind: act, chain: chain.name };
  const wanted = act === "pin" ? incident.answered_by : tierOf(incident);
  const tier = chain.tiers.find(({ name }) => name === wanted);
  if (tier === undefined) return null;
  const running = tier.replicas.reduce((sum, { in_flight }) => sum + in_flight, 0);
  const place = { chain: chain.name, tier: tier.name };
  if (act === "pin" || act === "enable") return { kind: act, ...place };
  return act === "drain" || act === "disable" ? { kind: act, ...place, running } : null;
}

function modelOf(incident: Incident, chains: readonly ChainView[]): string | null {
  // A safety incident stands for the model itself.
  if (incident.kind === "safety") return incident.tier;
  const chain = chains.find(({ name }) => name === incident.chain);
  return chain?.tiers.find(({ name }) => name === tierOf(incident))?.model ?? null;
}
