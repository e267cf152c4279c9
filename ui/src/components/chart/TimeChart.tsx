/**
 * Figures over time. Its title, live legend and a switch to a table stand above the plot. Charts with the same
 * `syncKey` share their cursor. React renders the frame; ticks go to the canvas and the legend directly.
 */
import { ChartLine, Table2 } from "lucide-react";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import "uplot/dist/uPlot.min.css";
import type { Series, SeriesMark } from "@/contract";
import { clockTime } from "@/lib/clock";
import { ChartTable } from "./ChartTable";
import { Legend } from "./Legend";
import { extent, isEmpty, newest, valueText } from "./shape";
import { usePlot } from "./usePlot";

/** What a chart needs. */
export interface TimeChartProps {
  /** The figures. */
  series: Series;
  /** Height of the plot with its time axis, CSS pixels; title and legend come on top of it, about 46. */
  height: number;
  /** The title, shown above the plot. */
  label: string;
  /** Charts with the same key show their cursors at the same time. */
  syncKey?: string;
  /** What stands in its place while nothing was measured. */
  none?: string | undefined;
}

/** A chart of the contract's series. */
export function TimeChart({ series, height, label, syncKey, none }: TimeChartProps) {
  const { t } = useTranslation("charts");
  const [table, setTable] = useState(false);
  const values = useRef<HTMLElement>(null);
  const empty = isEmpty(series);
  const drawn = !empty && !table;
  const summary = useSummary(series, label);
  const Icon = table ? ChartLine : Table2;
  const switchLabel = table ? t("as_chart", { label }) : t("as_table", { label });
  return (
    <figure className="flex min-w-0 flex-col gap-1">
      <figcaption ref={values} className="flex flex-col gap-0.5">
        <div className="flex h-6 items-center gap-2 text-xs">
          <span className="min-w-0 flex-1 truncate font-medium text-muted">{label}</span>
          {drawn && <span data-line="time" className="numeric text-faint" />}
          {!empty && (
            <button
              type="button"
              aria-label={switchLabel}
              aria-pressed={table}
              title={switchLabel}
              onClick={() => setTable(!table)}
              className="rounded p-1 text-faint hover:bg-hover hover:text-ink"
            >
              <Icon size={14} aria-hidden="true" />
            </button>
          )}
        </div>
        {drawn ? <Legend series={series} /> : <div className="h-5" />}
      </figcaption>
      {empty ? (
        <p
          style={{ height }}
          className="flex items-center justify-center rounded border border-line border-dashed text-xs text-faint"
        >
          {none ?? t("no_data")}
        </p>
      ) : table ? (
        <ChartTable series={series} label={label} height={height} />
      ) : (
        <Canvas series={series} height={height} summary={summary} syncKey={syncKey} values={values} />
      )}
    </figure>
  );
}

interface CanvasProps {
  series: Series;
  height: number;
  summary: string;
  syncKey: string | undefined;
  values: RefObject<HTMLElement | null>;
}

function Canvas({ series, height, summary, syncKey, values }: CanvasProps) {
  const box = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const index = useRef<number | null>(null);
  const cursor = useCallback(
    (at: number | null) => {
      index.current = at;
      writeLegend(values.current, series, at);
    },
    [series, values],
  );
  usePlot(box, series, height, { cursor, mark: (mark, left) => writeTip(tip.current, mark, left) }, syncKey);
  useEffect(() => writeLegend(values.current, series, index.current), [series, values]);
  return (
    <div className="relative min-w-0" style={{ height }}>
      <div ref={box} role="img" aria-label={summary} className="absolute inset-0 overflow-hidden" />
      <div
        ref={tip}
        hidden
        aria-hidden="true"
        className="pointer-events-none absolute top-0 z-10 max-w-64 rounded bg-raised px-2 py-1 text-xs text-ink shadow-pop"
      />
    </div>
  );
}

function writeLegend(element: HTMLElement | null, series: Series, index: number | null) {
  for (const span of element?.querySelectorAll<HTMLElement>("[data-line]") ?? []) {
    const name = span.dataset.line;
    if (name === "time") {
      const at = index === null ? undefined : series.at_ms[index];
      span.textContent = at === undefined ? "" : clockTime(at);
      continue;
    }
    const line = series.lines[Number(name)];
    if (line === undefined) continue;
    span.textContent = valueText(index === null ? newest(line.values) : line.values[index], line.unit);
  }
}

function writeTip(element: HTMLElement | null, mark: SeriesMark | null, left: number) {
  if (element === null) return;
  element.hidden = mark === null;
  if (mark === null) return;
  element.textContent = `${clockTime(mark.at_ms)} ${mark.label}`;
  const plot = element.parentElement?.querySelector<HTMLElement>(".u-over");
  const width = element.parentElement?.clientWidth ?? 0;
  const at = left + (plot?.offsetLeft ?? 0);
  const right = at + 8 + element.offsetWidth <= width;
  element.style.left = `${Math.max(0, right ? at + 8 : at - 8 - element.offsetWidth)}px`;
}

/** The chart in a sentence, for those who hear it. */
function useSummary(series: Series, label: string): string {
  const { t } = useTranslation("charts");
  const lines = series.lines.map((line) => {
    const range = extent(line.values);
    if (range === null) return t("summary_none", { name: line.name });
    const text = (value: number) => valueText(value, line.unit);
    return t("summary_line", {
      name: line.name,
      last: text(range.last),
      min: text(range.min),
      max: text(range.max),
    });
  });
  const marks = series.marks.length === 0 ? [] : [t("summary_marks", { count: series.marks.length })];
  return [`${label}.`, ...lines, ...marks].join(" ");
}
