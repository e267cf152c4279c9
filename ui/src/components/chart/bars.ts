/**
 * The geometry of stacked bars: what to paint where, without painting it. Values are milliseconds; positions are
 * fractions of the plot's width and height, from the lower left.
 */

/** One bar: a label and its parts from the bottom up; a part that was not measured is `null`. */
export interface Bar {
  /** What it is of. */
  label: string;
  /** Its parts. */
  parts: readonly (number | null)[];
}

/** A painted part. */
export interface Block {
  /** Which bar. */
  bar: number;
  /** Which part of it. */
  part: number;
  /** Left edge, 0 to 1. */
  x: number;
  /** Width, 0 to 1. */
  width: number;
  /** Lower edge, 0 to 1. */
  y: number;
  /** Height, 0 to 1. */
  height: number;
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** The whole of a bar: the sum of what was measured. */
export function total(bar: Bar): number {
  return bar.parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

/** A target this many times above the highest bar is named rather than drawn: it would flatten the bars. */
const FARTHEST = 3;

/** Whether the target is near enough to the bars to be drawn among them. */
export function drawsTarget(bars: readonly Bar[], target: number): boolean {
  return target <= FARTHEST * Math.max(...bars.map(total), 1);
}

/**
 * The top of the value axis: every bar fits beneath it, and the target where it is drawn. Times run on a clock's
 * steps (5 s, 30 s, 10 min), those below a second on decimal ones.
 */
export function axis(bars: readonly Bar[], target: number | null): { top: number; ticks: number[] } {
  const line = target !== null && drawsTarget(bars, target) ? target : 0;
  const highest = Math.max(line, ...bars.map(total), 1);
  const step = stepFor(highest);
  const count = Math.ceil((highest * 1.05) / step);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

function stepFor(highest: number): number {
  const wanted = highest / 4;
  if (wanted < 1000) {
    const power = 10 ** Math.floor(Math.log10(Math.max(wanted, 1)));
    return ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10) * power;
  }
  const seconds = STEPS.find((step) => step * 1000 >= wanted);
  return seconds === undefined ? Math.ceil(wanted / 86_400_000) * 86_400_000 : seconds * 1000;
}

/** Where each part goes. Parts of no length take no room. */
export function blocks(bars: readonly Bar[], top: number): Block[] {
  const slot = 1 / Math.max(bars.length, 1);
  const width = slot * 0.6;
  return bars.flatMap((bar, index) => {
    let y = 0;
    return bar.parts.flatMap((value, part) => {
      if (value === null || value <= 0) return [];
      const height = value / top;
      const block = { bar: index, part, x: index * slot + (slot - width) / 2, width, y, height };
      y += height;
      return [block];
    });
  });
}

/** Which bar is at a fraction of the width. */
export function barAt(count: number, x: number): number | null {
  if (count === 0 || x < 0 || x >= 1) return null;
  return Math.floor(x * count);
}
