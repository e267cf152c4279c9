/** From the servers that were found to a chain. Pure; the order of what was found is the order of the tiers. */
import type { Chain, Document, PortSeen, Provider, Tier } from "@/contract";
import { freeName } from "../order";
import { newChain, newTier } from "../templates";

/** A server that is to become a tier, or a replica of one. */
export interface Chosen {
  url: string;
  provider: Provider;
  model: string;
}

/** Models that answer no chat request, by their names. */
const NO_CHAT = /embed|rerank|bge-|whisper|tts|clip/i;

/** The servers that can answer chat requests. */
export const usable = (ports: readonly PortSeen[]): (PortSeen & { provider: Provider })[] =>
  ports.filter(
    (port): port is PortSeen & { provider: Provider } =>
      port.found === "server" && port.provider !== null && port.models.length > 0,
  );

/** The model to start with: the first that is made for chat. */
export const firstModel = (models: readonly string[]): string =>
  models.find((model) => !NO_CHAT.test(model)) ?? models[0] ?? "";

/** A tier per server; servers of one kind with one model are replicas of one tier. */
export function tiersFor(chosen: readonly Chosen[]): Tier[] {
  const groups = new Map<string, Chosen[]>();
  for (const server of chosen) {
    const key = `${server.provider} ${server.model}`;
    groups.set(key, [...(groups.get(key) ?? []), server]);
  }
  const tiers: Tier[] = [];
  for (const [first, ...others] of groups.values()) {
    if (!first) continue;
    const name = freeName(
      slug(first.provider),
      tiers.map((tier) => tier.name),
    );
    const where =
      others.length === 0 ? { url: first.url } : { replicas: [first, ...others].map(({ url }) => ({ url })) };
    tiers.push(newTier({ name, provider: first.provider, model: first.model, ...where }));
  }
  return tiers;
}

const slug = (provider: Provider) => provider.replace(/[^a-z0-9]/g, "-");

const isSimulated = (chain: Chain) => chain.tiers.some((tier) => tier.provider === "practice");

/** The name for a new chain, and whether any other name may lead there: one that only a simulated chain has is taken over. */
export function placeFor(document: Document): { name: string; any: boolean } {
  const names = document.chains.flatMap((chain) => [chain.name, ...chain.aliases]);
  const real = document.chains.filter((chain) => !isSimulated(chain));
  const taken = real.some((chain) => chain.name === "*" || chain.aliases.includes("*"));
  return { name: freeName("chat", names), any: !taken };
}

/** The document with a chain of these tiers in front. */
export function withProposal(document: Document, tiers: Tier[]): Document {
  const { name, any } = placeFor(document);
  const others = document.chains.map((chain) =>
    any && isSimulated(chain) ? { ...chain, aliases: chain.aliases.filter((alias) => alias !== "*") } : chain,
  );
  return { ...document, chains: [newChain(name, tiers, any ? ["*"] : []), ...others] };
}

/** An address without what does not tell servers apart: another name of this machine, a slash or `/v1` at its end. */
const plain = (url: string) =>
  url
    .replace(/^(https?:\/\/)(localhost|\[::1\])(?=[:/]|$)/, "$1127.0.0.1")
    .replace(/\/+$/, "")
    .replace(/\/v1$/, "");

/** The chain that has the server at this address in a tier; null when none has. */
export function chainWith(document: Document, url: string): string | null {
  const urls = (tier: Tier) => [tier.url, ...(tier.replicas ?? []).map((replica) => replica.url)];
  const holds = (chain: Chain) =>
    chain.tiers.flatMap(urls).some((at) => at !== null && at !== undefined && plain(at) === plain(url));
  return document.chains.find(holds)?.name ?? null;
}

/** Ports written as numbers with commas or blanks between; null when one is none. */
export function readPorts(text: string): number[] | null {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const ports = words.map(Number);
  const good = ports.every((port) => Number.isInteger(port) && port > 0 && port < 65_536);
  return good && ports.length > 0 && ports.length <= 16 ? ports : null;
}
