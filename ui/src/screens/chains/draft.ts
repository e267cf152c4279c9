/**
 * The draft: edits that touch no live traffic until they are applied. One at a time; it outlives a visit to
 * another screen, and a newer revision in force never overwrites it.
 */
import { create } from "zustand";
import type { Chain, ConfigPage, Document, Tier } from "@/contract";

interface Draft {
  /** The revision it was made from. */
  base: number;
  /** The document of that revision. */
  before: Document;
  document: Document;
}

interface DraftState {
  draft: Draft | null;
  /** The review was asked for from elsewhere, and is to be opened. */
  review: boolean;
}

export const useDraft = create<DraftState>(() => ({ draft: null, review: false }));

export const discardDraft = () => useDraft.setState({ draft: null, review: false });

/** Changes the draft, and starts one from `page` where there is none. */
export function edit(page: ConfigPage, change: (document: Document) => Document) {
  useDraft.setState(({ draft }) => {
    const { base, before, document } = draft ?? {
      base: page.revision,
      before: page.document,
      document: page.document,
    };
    return { draft: { base, before, document: change(structuredClone(document)) } };
  });
}

/** Keeps the draft's content and makes it a change to `page`, for a second look. */
export function rebase(page: ConfigPage) {
  useDraft.setState(({ draft }) => ({
    draft: draft && { base: page.revision, before: page.document, document: draft.document },
  }));
}

/** The document with the chain at this place replaced; `null` removes it, a new place adds it. */
export function withChain(document: Document, at: number, chain: Chain | null): Document {
  const chains = document.chains.toSpliced(at, 1, ...(chain ? [chain] : []));
  return { ...document, chains };
}

/** The document with the tier at this place replaced; `null` removes it, a new place adds it. */
export function withTier(document: Document, at: number, place: number, tier: Tier | null): Document {
  const chain = document.chains[at];
  if (!chain) return document;
  return withChain(document, at, {
    ...chain,
    tiers: chain.tiers.toSpliced(place, 1, ...(tier ? [tier] : [])),
  });
}
