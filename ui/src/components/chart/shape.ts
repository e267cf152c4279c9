/**
 * Turns the contract's series into what uPlot draws, and into words.
 *
 * Times are milliseconds since the epoch, as everywhere in the contract; the charts run with `ms: 1`.
 * A missing value stays `null`, so that a gap is drawn as a gap.
 */
import type { Series, SeriesMark } from "@/contract";
import { figure } from "@/lib/format";

/** uPlot's aligned data: the times first, then a column per line. */
export type Columns = [number[], ...(number | null)[][]];

/** The columns uPlot takes. */
export function toColumns(series: Series): Columns {
  return [series.at_ms, ...series.lines.map((line) => line.values)];
}

/** What decides whether a chart must be rebuilt rather than fed: its lines' names and units. */
export function shapeKey(series: Series): string {
  return JSON.stringify(series.lines.map((line) => [line.name, line.unit]));
}

/** The units of a chart in the order of its lines, each once: the first gets the left axis, the second the right. */
export function unitsOf(series: Series): string[] {
  return [...new Set(series.lines.map((line) => line.unit))];
}

/** Whether there is anything to draw. */
export function isEmpty(series: Series): boolean {
  return !series.lines.some((line) => line.values.some((value) => value !== null));
}

/** The newest measured value of a line. */
export function newest(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** Smallest, largest and newest measured value; `null` where nothing was measured. */
export function extent(
  values: readonly (number | null)[],
): { min: number; max: number; last: number } | null {
  const measured = values.filter((value) => value !== null);
  const last = measured.at(-1);
  if (last === undefined) return null;
  return { min: Math.min(...measured), max: Math.max(...measured), last };
}

/**
 * Bounds of a value axis. Percentages are shown from 0 to 100, so that charts side by side compare; all else
 * starts at zero (or below, for values below zero) and leaves a tenth of room above.
 */
export function valueRange(unit: string, min: number | null, max: number | null): [number, number] {
  if (unit === "%") return [0, Math.max(100, max ?? 100)];
  const top = max ?? 0;
  const bottom = Math.min(0, min ?? 0);
  return [bottom, top > 0 ? top * 1.1 : 1];
}

/** The mark nearest to a time, within a tolerance in ms. */
export function nearestMark(marks: readonly SeriesMark[], at: number, tolerance: number): SeriesMark | null {
  let best: SeriesMark | null = null;
  let distance = tolerance;
  for (const mark of marks) {
    const away = Math.abs(mark.at_ms - at);
    if (away <= distance) {
      best = mark;
      distance = away;
    }
  }
  return best;
}

/** A value with as many digits as its size deserves, and its unit. */
export function valueText(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return figure(null);
  const number = figure(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return unit === "/s" ? `${number}/s` : `${number} ${unit}`.trim();
}

/** At most so many of a chart's points, evenly spread and newest first, as indices into its times. */
export function rowsOf(series: Series, most: number): number[] {
  const count = series.at_ms.length;
  const stride = Math.max(1, Math.ceil(count / most));
  const rows: number[] = [];
  for (let index = count - 1; index >= 0; index -= stride) rows.push(index);
  return rows;
}
