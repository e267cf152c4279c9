/** The lines of a chart with their values under the cursor, or the newest ones. Values are written by the chart. */
import type { Series } from "@/contract";
import { colourOf, DASHES } from "./plot";

/** Shows a line's colour and dash. */
export function Swatch({ line }: { line: number }) {
  return (
    <svg width="14" height="8" aria-hidden="true" className="shrink-0">
      <line
        x1="0"
        y1="4"
        x2="14"
        y2="4"
        stroke={`var(${colourOf(line)})`}
        strokeWidth="2"
        strokeDasharray={(DASHES[line % DASHES.length] ?? []).join(" ")}
      />
    </svg>
  );
}

/** The chart writes a line's value to its `[data-line]`. */
export function Legend({ series }: { series: Series }) {
  return (
    <div className="flex min-h-5 flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-muted">
      {series.lines.map((line, index) => (
        <span key={line.name} className="inline-flex items-center gap-1.5">
          <Swatch line={index} />
          <span className="max-w-40 truncate">{line.name}</span>
          <span data-line={index} className="numeric min-w-9 text-ink" />
        </span>
      ))}
    </div>
  );
}
