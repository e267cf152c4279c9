/**
 * What a draft changes, as facts that can be put into words. Chains and tiers are paired by name; what is left
 * over on both sides at the same place was renamed.
 */
import type { Chain, Document, Tier } from "@/contract";
import { sameOrder } from "./order";

export type Change =
  | { kind: "chain_added" | "chain_removed"; chain: string; tiers: string }
  | { kind: "chain_renamed"; from: string; to: string }
  | { kind: "tier_added" | "tier_removed" | "tier_on" | "tier_off"; chain: string; tier: string }
  | { kind: "tier_renamed"; chain: string; from: string; to: string }
  | { kind: "order"; chain: string; from: string; to: string }
  | { kind: "field"; where: string[]; field: string; from: string | null; to: string | null };

type Named = { name: string };

/** Pairs of before and after; one side is absent for what was added or removed. */
export function pair<T extends Named>(before: readonly T[], after: readonly T[]): [T | null, T | null][] {
  const named = (items: readonly T[], name: string) => items.find((item) => item.name === name);
  const used = new Set<T>();
  const pairs = before.map((old, index): [T | null, T | null] => {
    const same = named(after, old.name);
    const atPlace = after[index];
    const renamed =
      atPlace && !named(before, atPlace.name) && before.length === after.length ? atPlace : null;
    const match = same ?? renamed;
    if (match) used.add(match);
    return [old, match];
  });
  return [...pairs, ...after.filter((item) => !used.has(item)).map((item): [null, T] => [null, item])];
}

/** Every difference, chains in order, then the document's other parts. */
export function diff(before: Document, after: Document): Change[] {
  const chains = pair(before.chains, after.chains).flatMap(([a, b]) => diffChain(a, b));
  const { chains: _a, ...restBefore } = before;
  const { chains: _b, ...restAfter } = after;
  return [...chains, ...diffFields([], restBefore, restAfter)];
}

function diffChain(before: Chain | null, after: Chain | null): Change[] {
  if (!before || !after) {
    const chain = (before ?? after) as Chain;
    const tiers = chain.tiers.map((tier) => tier.name).join(", ");
    return [{ kind: before ? "chain_removed" : "chain_added", chain: chain.name, tiers }];
  }
  const changes: Change[] = [];
  if (before.name !== after.name) changes.push({ kind: "chain_renamed", from: before.name, to: after.name });
  const { tiers: tiersBefore, name: _a, ...restBefore } = before;
  const { tiers: tiersAfter, name: _b, ...restAfter } = after;
  changes.push(...diffFields([after.name], restBefore, restAfter));
  const pairs = pair(tiersBefore, tiersAfter);
  changes.push(...pairs.flatMap(([a, b]) => diffTier(after.name, a, b)));
  changes.push(...diffOrder(after.name, pairs, tiersAfter));
  return changes;
}

/** The order of the tiers that are on both sides, under their new names. */
function diffOrder(chain: string, pairs: [Tier | null, Tier | null][], after: readonly Tier[]): Change[] {
  const kept = pairs.flatMap(([a, b]) => (a && b ? [b.name] : []));
  const now = after.map((tier) => tier.name).filter((name) => kept.includes(name));
  if (sameOrder(kept, now)) return [];
  return [{ kind: "order", chain, from: kept.join(", "), to: now.join(", ") }];
}

function diffTier(chain: string, before: Tier | null, after: Tier | null): Change[] {
  if (!before) return after ? [{ kind: "tier_added", chain, tier: after.name }] : [];
  if (!after) return [{ kind: "tier_removed", chain, tier: before.name }];
  const changes: Change[] = [];
  if (before.name !== after.name)
    changes.push({ kind: "tier_renamed", chain, from: before.name, to: after.name });
  if (before.enabled !== after.enabled) {
    changes.push({ kind: after.enabled ? "tier_on" : "tier_off", chain, tier: after.name });
  }
  const { name: _a, enabled: _b, ...restBefore } = before;
  const { name: _c, enabled: _d, ...restAfter } = after;
  return [...changes, ...diffFields([chain, after.name], restBefore, restAfter)];
}

function diffFields(where: string[], before: object, after: object): Change[] {
  const a = leaves(before);
  const b = leaves(after);
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((field) => {
    const from = a.get(field) ?? null;
    const to = b.get(field) ?? null;
    return from === to ? [] : [{ kind: "field", where, field, from, to }];
  });
}

/** Every value as text under its path. A list is one value: `a, b`. */
function leaves(value: object, path = "", into = new Map<string, string>()): Map<string, string> {
  for (const [key, child] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key;
    if (child === null || child === undefined) continue;
    if (Array.isArray(child)) {
      if (child.length > 0) into.set(at, child.map(item).join(", "));
    } else if (typeof child === "object") leaves(child, at, into);
    else into.set(at, String(child));
  }
  return into;
}

function item(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if ("url" in value) return String(value.url);
  if ("name" in value) return String(value.name);
  return JSON.stringify(value);
}
