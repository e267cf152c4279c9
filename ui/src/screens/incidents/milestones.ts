/**
 * The recorded times of an incident as a row of milestones, with the time between each and the one recorded
 * before it. Times that have not happened stay absent; nothing is guessed.
 */
import type { IncidentTimes } from "@/contract";

/** The milestones in their usual order. */
export const MILESTONES = ["began", "detected", "assessed", "failed_over", "restored", "closed"] as const;

/** One of the six. */
export type MilestoneName = (typeof MILESTONES)[number];

/** A milestone, when it was reached and how long after the one recorded before it. */
export interface Milestone {
  /** Which. */
  name: MilestoneName;
  /** When; `null` while it has not happened. */
  at: number | null;
  /** Milliseconds since the milestone recorded before it; `null` for the first and for those that have not happened. */
  since: number | null;
}

/**
 * The six milestones, those reached in the order they were reached (traffic may move before anybody has assessed
 * the fault), with the differences between them.
 */
export function milestones(times: IncidentTimes, closed_ms: number | null): Milestone[] {
  const at: Record<MilestoneName, number | null> = {
    began: times.began_ms,
    detected: times.detected_ms,
    assessed: times.assessed_ms,
    failed_over: times.failed_over_ms,
    restored: times.restored_ms,
    closed: closed_ms,
  };
  const reached = MILESTONES.flatMap((name) => {
    const time = at[name];
    return time === null ? [] : [{ name, at: time }];
  }).sort((a, b) => a.at - b.at);
  let next = 0;
  return MILESTONES.map((name) => {
    if (at[name] === null) return { name, at: null, since: null };
    const here = reached[next];
    const before = reached[next - 1];
    next += 1;
    if (here === undefined) return { name, at: null, since: null };
    return { name: here.name, at: here.at, since: before === undefined ? null : here.at - before.at };
  });
}

/** How long an incident lasted, or lasts so far: from the first evidence to restoration or now. */
export function duration(times: IncidentTimes, now: number): number {
  return Math.max(0, (times.restored_ms ?? now) - times.began_ms);
}

/** How long no tier answered well: from the first evidence to the first good answer elsewhere, else to restoration. */
export function withoutAnswer(times: IncidentTimes): number | null {
  const end = times.failed_over_ms ?? times.restored_ms;
  return end === null ? null : Math.max(0, end - times.began_ms);
}
