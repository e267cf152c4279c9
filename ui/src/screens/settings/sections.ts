/** The sections of Settings: their anchors in the address and how a search finds them. */

/** In the order they are shown; each is also the key of its words. */
export const SECTIONS = ["endpoint", "keys", "alerts", "targets", "data", "appearance", "about"] as const;

/** A section's anchor. */
export type Section = (typeof SECTIONS)[number];

/** The section that the address points at, if any. */
export function readSection(search: Record<string, unknown>): { section?: Section } {
  const section = SECTIONS.find((name) => name === search.section);
  return section === undefined ? {} : { section };
}

/** Whether every word of a query occurs in a text, in any case. */
export function finds(query: string, text: string): boolean {
  const haystack = text.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}
