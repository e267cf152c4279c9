/** What follows from a draft: facts that its words do not say by themselves. */
import type { Chain, Document, Tier } from "@/contract";
import { pair } from "./diff";
import { parseSpan } from "./span";

export type Follow =
  /** The longest that a client waits before it is told that nobody answers, ms; `was` is null for a new chain. */
  | { kind: "gives_up"; chain: string; ms: number; was: number | null }
  /** Nothing steps in for the only tier. */
  | { kind: "alone"; chain: string; tier: string }
  /** Every tier is at the same address or provider, whose outage takes them all. */
  | { kind: "one_place"; chain: string; place: string };

/** For every chain that the draft changes. */
export function follows(before: Document, after: Document): Follow[] {
  return pair(before.chains, after.chains).flatMap(([was, now]) =>
    now && JSON.stringify(was) !== JSON.stringify(now) ? brought(was, now) : [],
  );
}

/** What holds of the new chain and did not of the old one. */
function brought(was: Chain | null, now: Chain): Follow[] {
  const before = (was ? ofChain(was, { ...was, name: now.name }) : []).map((follow) =>
    JSON.stringify(follow),
  );
  return ofChain(was, now).filter((follow) => !before.includes(JSON.stringify(follow)));
}

function ofChain(was: Chain | null, now: Chain): Follow[] {
  const chain = now.name;
  const found: Follow[] = [];
  const ms = givesUp(now);
  const earlier = was && givesUp(was);
  if (ms !== null && ms !== earlier) found.push({ kind: "gives_up", chain, ms, was: earlier });
  const tiers = now.tiers.filter(({ enabled }) => enabled);
  const [first, ...others] = tiers;
  if (!first) return found;
  if (others.length === 0) return [...found, { kind: "alone", chain, tier: first.name }];
  const places = new Set(tiers.flatMap(placesOf));
  const [place] = places;
  if (places.size === 1 && place !== undefined) found.push({ kind: "one_place", chain, place });
  return found;
}

/**
 * Every server stays silent: each but the last is left when its first token is late, the last is waited for as long as
 * a whole answer may take, and the chain's deadline ends it in any case. Null while a time is no time yet.
 */
export function givesUp({ tiers, deadline }: Chain): number | null {
  const patience = tiers
    .filter(({ enabled }) => enabled)
    .flatMap(({ replicas, timeouts }) => {
      const each = { first: parseSpan(timeouts.first_token), total: parseSpan(timeouts.total) };
      return Array.from({ length: Math.max(1, replicas?.length ?? 0) }, () => each);
    });
  const end = parseSpan(deadline);
  if (end === null || patience.length === 0) return null;
  let sum = 0;
  for (const [at, { first, total }] of patience.entries()) {
    if (first === null || total === null) return null;
    sum += at === patience.length - 1 ? total : Math.min(first, total);
  }
  return Math.min(end, sum);
}

/** The hosts that a tier is on; its provider where it has no address of its own. Simulated tiers are on none. */
function placesOf({ provider, url, replicas }: Tier): string[] {
  if (provider === "practice") return [""];
  const urls = replicas?.length ? replicas.map((replica) => replica.url) : url ? [url] : [];
  if (urls.length === 0) return [provider];
  return urls.map((text) => (URL.canParse(text) ? new URL(text).hostname : text));
}
