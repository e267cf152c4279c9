/**
 * The geometry of the scatter: where each recovery's time without an answer stands. Times run evenly from left to
 * right; durations on a logarithmic axis, because half a second and half an hour stand side by side.
 */
import type { Recovery } from "@/contract";

/** The shortest duration that has a place of its own, milliseconds. */
export const LEAST_MS = 10;

const TICKS_MS = [10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000];

/** A recovery's place: 0 to 1 from the left, and from the bottom. */
export interface Dot {
  id: string;
  at: number;
  ms: number;
  held: boolean;
  x: number;
  y: number;
}

/** The top of the axis, milliseconds: the longest duration and the target fit beneath it. */
export function topOf(recoveries: readonly Recovery[], target: number): number {
  return 2 * recoveries.reduce((most, { service_ms }) => Math.max(most, service_ms ?? 0), target);
}

/** A duration's height, 0 to 1. */
export function heightOf(ms: number, top: number): number {
  const span = Math.log(top / LEAST_MS);
  return Math.min(1, Math.max(0, Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / span));
}

/** The marks of the axis of durations, from the bottom up. */
export function ticksOf(top: number): number[] {
  return TICKS_MS.filter((tick) => tick <= top);
}

/** Every recovery whose time without an answer is known. */
export function dotsOf(recoveries: readonly Recovery[], from: number, to: number, top: number): Dot[] {
  return recoveries.flatMap(({ incident, service_ms: ms, within_target: held }) => {
    if (ms === null || held === null) return [];
    const at = incident.times.began_ms;
    return [{ id: incident.id, at, ms, held, x: (at - from) / Math.max(to - from, 1), y: heightOf(ms, top) }];
  });
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Whole days of this machine's clock, or whole hours of a short period: at most so many. */
export function timeTicks(from: number, to: number, most: number): { ticks: number[]; day: boolean } {
  const day = to - from > 2 * DAY;
  const unit = day ? DAY : HOUR;
  const step = Math.max(1, Math.ceil((to - from) / unit / most));
  const at = new Date(from);
  if (day) at.setHours(24, 0, 0, 0);
  else at.setMinutes(60, 0, 0);
  const ticks: number[] = [];
  while (at.getTime() <= to && ticks.length <= most) {
    ticks.push(at.getTime());
    // Days are stepped by the calendar, so that they begin at midnight also when clocks change.
    if (day) at.setDate(at.getDate() + step);
    else at.setHours(at.getHours() + step);
  }
  return { ticks, day };
}
