/** What the form of targets and prices holds, and its way to the configuration and back. */
import type { Document, Price, Targets } from "@/contract";

/** A component with its target for coming back and, where it has one, for what may be lost. */
export const COMPONENTS = [
  { name: "routing", rto: "routing_rto", rpo: null },
  { name: "serving", rto: "serving_rto", rpo: null },
  { name: "history", rto: "history_rto", rpo: "history_rpo" },
  { name: "preferences", rto: "preferences_rto", rpo: "preferences_rpo" },
] as const;

/** A number as it is typed, with a point or a comma; null when it is none. */
export function numberOf(text: string): number | null {
  const clean = text.trim().replace(",", ".");
  const value = Number(clean);
  return clean === "" || !Number.isFinite(value) ? null : value;
}

/** A share as percent, without the noise of binary fractions: 0.999 is `99.9`. */
export const toPercent = (share: number): string => String(Number((share * 100).toFixed(6)));

/** Percent as a share; null when it is no number. */
export function fromPercent(text: string): number | null {
  const value = numberOf(text);
  return value === null ? null : Number((value / 100).toFixed(8));
}

/** A tier that can have a price. */
export interface PricedTier {
  chain: string;
  tier: string;
  price: Price | undefined;
}

/** The tiers of real chains, in the document's order. */
export function pricedTiers(document: Document): PricedTier[] {
  return document.chains.flatMap((chain) =>
    chain.tiers
      .filter((tier) => tier.provider !== "practice")
      .map((tier) => ({ chain: chain.name, tier: tier.name, price: tier.price })),
  );
}

/** Where the engine's problems of a tier lie: `chains[0].tiers[1]`. */
export function pathOf({ chains }: Document, { chain, tier }: PricedTier): string {
  const at = chains.findIndex(({ name }) => name === chain);
  const place = chains[at]?.tiers.findIndex(({ name }) => name === tier) ?? -1;
  return `chains[${at}].tiers[${place}]`;
}

/** The document with other targets, and other prices at these tiers; a price of nothing typed is none. */
export function withTargets(document: Document, targets: Targets, prices: readonly PricedTier[]): Document {
  const chains = document.chains.map((chain) => ({
    ...chain,
    tiers: chain.tiers.map((tier) => {
      const own = prices.find((entry) => entry.chain === chain.name && entry.tier === tier.name);
      if (own === undefined) return tier;
      const { price: _old, ...rest } = tier;
      return own.price === undefined ? rest : { ...rest, price: own.price };
    }),
  }));
  return { ...document, targets, chains };
}
