/**
 * uPlot behind a small handle: built once per shape of data, fed with `setData`, never rebuilt by a tick.
 *
 * Colours are read from the style sheet at each draw, so that a change of theme needs a redraw and no more.
 * Lines differ by dash as well as by colour.
 */
import uPlot from "uplot";
import type { Series, SeriesMark } from "@/contract";
import { dateFormat } from "@/lib/formatters";
import { nearestMark, toColumns, unitsOf, valueRange, valueText } from "./shape";
import { token } from "./token";

const FONT = "11px 'Inter Variable', system-ui, sans-serif";
const COLOURS = 6;
const MINUTE = 60_000;
const DAY = 86_400_000;
/** How near to a mark the cursor has to be, in CSS pixels. */
const REACH = 6;

/** Dash patterns by line; the first is solid. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]];

/** The colour token of a line. */
export const colourOf = (line: number): string => `--series-${(line % COLOURS) + 1}`;

/** What the chart tells whoever shows its legend. */
export interface PlotListener {
  /** The point under the cursor; `null` when there is none. */
  cursor: (index: number | null) => void;
  /** The mark under the cursor and its distance from the plot's left edge, in CSS pixels. */
  mark: (mark: SeriesMark | null, left: number) => void;
}

/** A drawn chart. */
export interface Plot {
  /** Shows other values of the same shape. */
  feed: (series: Series) => void;
  /** Fits a new width. */
  resize: (width: number, height: number) => void;
  /** Draws again with the theme's colours. */
  redraw: () => void;
  /** Takes it off the page. */
  destroy: () => void;
}

const DAY_OF_MONTH: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
const MINUTES: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const SECONDS: Intl.DateTimeFormatOptions = { ...MINUTES, second: "2-digit" };

/** Times along the axis: to the second under a minute's steps, the day from a day's steps on. */
function clock(at: number, step: number): string {
  if (step >= DAY) return dateFormat(DAY_OF_MONTH).format(at);
  return dateFormat(step < MINUTE ? SECONDS : MINUTES, "en-GB").format(at);
}

function xAxis(): uPlot.Axis {
  return {
    font: FONT,
    size: 24,
    gap: 4,
    space: 72,
    stroke: () => token("--faint"),
    grid: { show: false },
    ticks: { stroke: () => token("--line"), width: 1, size: 4 },
    values: (_chart, splits, _axis, _space, step) => splits.map((at) => clock(at, step)),
  };
}

function yAxis(unit: string, right: boolean): uPlot.Axis {
  return {
    scale: unit,
    side: right ? 1 : 3,
    font: FONT,
    gap: 6,
    space: 32,
    stroke: () => token("--faint"),
    grid: { show: !right, stroke: () => token("--line"), width: 1 },
    ticks: { show: false },
    size: (_chart, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((text) => text.length)),
    values: (_chart, splits) => splits.map((value) => valueText(value, unit)),
  };
}

function options(series: Series, size: { width: number; height: number }, syncKey?: string): uPlot.Options {
  const units = unitsOf(series);
  const range: uPlot.Range.Function = (_chart, min, max, scale) => valueRange(scale, min, max);
  return {
    ...size,
    ms: 1,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 6 },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, scales: ["x", null] } }),
    },
    scales: { x: { time: true }, ...Object.fromEntries(units.map((unit) => [unit, { range }])) },
    axes: [xAxis(), ...units.slice(0, 2).map((unit, index) => yAxis(unit, index === 1))],
    series: [
      {},
      ...series.lines.map((line, index) => ({
        label: line.name,
        scale: line.unit,
        stroke: () => token(colourOf(index)),
        width: 1.5,
        dash: [...(DASHES[index % DASHES.length] ?? [])],
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

function drawMarks(chart: uPlot, marks: readonly SeriesMark[]) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = token("--series-mark");
  ctx.fillStyle = ctx.strokeStyle;
  ctx.lineWidth = devicePixelRatio;
  for (const mark of marks) {
    const x = Math.round(chart.valToPos(mark.at_ms, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const tip = 4 * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x - tip, bbox.top - tip);
    ctx.lineTo(x + tip, bbox.top - tip);
    ctx.lineTo(x, bbox.top + tip / 2);
    ctx.fill();
  }
  ctx.restore();
}

/** Draws a chart into an element. */
export function createPlot(
  into: HTMLElement,
  first: Series,
  size: { width: number; height: number },
  listener: PlotListener,
  syncKey?: string,
): Plot {
  let series = first;
  const pointed = (chart: uPlot) => {
    listener.cursor(chart.cursor.idx ?? null);
    const left = chart.cursor.left ?? -1;
    const at = chart.posToVal(left, "x");
    const tolerance = chart.posToVal(left + REACH, "x") - at;
    // A shared cursor moves in every chart; the mark is named in the one under the pointer.
    const here = left >= 0 && chart.over.matches(":hover");
    const mark = here ? nearestMark(series.marks, at, tolerance) : null;
    listener.mark(mark, mark === null ? 0 : chart.valToPos(mark.at_ms, "x"));
  };
  const chart = new uPlot(
    {
      ...options(series, size, syncKey),
      hooks: { draw: [(drawn) => drawMarks(drawn, series.marks)], setCursor: [pointed] },
    },
    toColumns(series) as uPlot.AlignedData,
    into,
  );
  return {
    feed: (next) => {
      series = next;
      chart.setData(toColumns(next) as uPlot.AlignedData);
      pointed(chart);
    },
    resize: (width, height) => chart.setSize({ width, height }),
    redraw: () => chart.redraw(false),
    destroy: () => chart.destroy(),
  };
}
