/** The lines of a chart with their values under the cursor, or the newest ones. Values are written by the chart. */
import type { RefObject } from "react";
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

/** `values` is the element whose `[data-line]` children the chart writes to. */
export function Legend({ series, values }: { series: Series; values: RefObject<HTMLDivElement | null> }) {
  return (
    <div
      ref={values}
      className="flex min-w-0 flex-wrap items-center justify-end gap-x-3 gap-y-0.5 text-xs text-muted"
    >
      <span data-line="time" className="numeric text-faint" />
      {series.lines.map((line, index) => (
        <span key={line.name} className="inline-flex items-center gap-1.5">
          <Swatch line={index} />
          <span className="max-w-40 truncate">{line.name}</span>
          <span data-line={index} className="numeric min-w-14 text-right text-ink" />
        </span>
      ))}
    </div>
  );
}
