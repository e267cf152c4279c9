/** The timeline's kinds: which there are, how they are counted and narrowed down. */
import type { TimelineEntry } from "@/contract";

/** The kinds the contract names, in the order they are offered. */
export const KINDS = [
  "milestone",
  "evidence",
  "state",
  "failover",
  "answer",
  "probe",
  "gpu",
  "correction",
  "runbook",
  "revision",
  "restart",
  "alert",
  "operator",
  "note",
] as const;

/** A kind of entry. */
export type Kind = (typeof KINDS)[number];

/** The kind of an entry; one this version does not know is shown as a change of state. */
export function kindOf(entry: TimelineEntry): Kind {
  return KINDS.find((kind) => kind === entry.kind) ?? "state";
}

/** What the address narrows the timeline to, if anything. */
export function readKind(search: Record<string, unknown>): { kind?: Kind } {
  const kind = KINDS.find((candidate) => candidate === search.kind);
  return kind === undefined ? {} : { kind };
}

/** The kinds that occur, with how often. */
export function countKinds(entries: readonly TimelineEntry[]): { kind: Kind; count: number }[] {
  const counts = new Map<Kind, number>();
  for (const entry of entries) counts.set(kindOf(entry), (counts.get(kindOf(entry)) ?? 0) + 1);
  return KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ kind, count }];
  });
}
