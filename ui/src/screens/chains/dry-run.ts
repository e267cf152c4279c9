/** The newest requests, had the draft been in force: what is known of each tier at that moment decides. */
import type { Chain, Document, RequestExplained } from "@/contract";
import { pair } from "./diff";

export interface DryRun {
  chain: string;
  /** The requests that were gone through. */
  requests: number;
  /** Those that the same tier would have answered. */
  same: number;
  /** Those that another one would have answered. */
  moved: { from: string | null; to: string; count: number }[];
  /** Those that a tier would have been asked first of which nothing is known for that moment. */
  unknown: { tier: string; count: number }[];
  /** Those that nobody would have answered, and somebody did. */
  lost: number;
}

/** For every chain that the draft changes and that had requests. */
export function dryRun(before: Document, after: Document, requests: readonly RequestExplained[]): DryRun[] {
  return pair(before.chains, after.chains).flatMap(([was, now]) => {
    if (!was || !now || JSON.stringify(was) === JSON.stringify(now)) return [];
    const own = requests.filter(
      ({ chain, result }) => chain === was.name && (result === "answered" || result === "failed"),
    );
    return own.length === 0 ? [] : [ofChain(was, now, own)];
  });
}

function ofChain(was: Chain, now: Chain, requests: readonly RequestExplained[]): DryRun {
  // Under its old name a renamed tier stands in the record.
  const earlier = new Map(pair(was.tiers, now.tiers).map(([a, b]) => [b?.name, a]));
  const moved = new Map<string, DryRun["moved"][number]>();
  const unknown = new Map<string, number>();
  let same = 0;
  let lost = 0;
  for (const request of requests) {
    const found = answer(now, earlier, request);
    if (found === null) {
      if (request.tier === null) same += 1;
      else lost += 1;
    } else if (!found.known) unknown.set(found.now, (unknown.get(found.now) ?? 0) + 1);
    else if (found.was === request.tier) same += 1;
    else {
      const key = JSON.stringify([request.tier, found.now]);
      const line = moved.get(key) ?? { from: request.tier, to: found.now, count: 0 };
      moved.set(key, { ...line, count: line.count + 1 });
    }
  }
  return {
    chain: now.name,
    requests: requests.length,
    same,
    moved: [...moved.values()],
    unknown: [...unknown].map(([tier, count]) => ({ tier, count })),
    lost,
  };
}

type Earlier = ReadonlyMap<string | undefined, Chain["tiers"][number] | null>;

/** Who would have answered: the first tier in service that was not passed over then and did not fail. */
function answer(now: Chain, earlier: Earlier, { tiers, tries }: RequestExplained) {
  for (const tier of now.tiers.filter(({ enabled }) => enabled)) {
    const before = earlier.get(tier.name);
    const seen = before?.enabled ? tiers.find((one) => one.tier === before.name) : undefined;
    if (!before || !seen) return { now: tier.name, was: null, known: false };
    const failed = tries.some((one) => one.tier === seen.tier && one.failure !== null);
    const good = tries.some((one) => one.tier === seen.tier && one.failure === null);
    if (good || (!seen.why_not && !failed)) return { now: tier.name, was: seen.tier, known: true };
  }
  return null;
}
