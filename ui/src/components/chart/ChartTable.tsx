/** What a chart draws, as numbers: for those who cannot see it or want the value itself. */
import { useTranslation } from "react-i18next";
import type { Series } from "@/contract";
import { clockTime } from "@/lib/clock";
import { rowsOf, valueText } from "./shape";

const MOST_ROWS = 60;

/** Scrolls within `height`, CSS pixels. */
export function ChartTable({ series, label, height }: { series: Series; label: string; height: number }) {
  const { t } = useTranslation("charts");
  const rows = rowsOf(series, MOST_ROWS);
  return (
    <section
      style={{ height }}
      className="overflow-auto rounded border border-line"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard
      tabIndex={0}
    >
      <table className="w-full text-xs">
        <thead className="sticky top-0 bg-surface text-left text-faint">
          <tr>
            <th className="px-2 py-1 font-medium">{t("time")}</th>
            {series.lines.map((line) => (
              <th key={line.name} className="px-2 py-1 text-right font-medium">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={series.at_ms[row]} className="border-t border-line">
              <td className="px-2 py-0.5 text-muted">{clockTime(series.at_ms[row] ?? 0)}</td>
              {series.lines.map((line) => (
                <td key={line.name} className="px-2 py-0.5 text-right">
                  {valueText(line.values[row], line.unit)}
                </td>
              ))}
            </tr>
          ))}
          {series.marks.map((mark) => (
            <tr key={`${mark.at_ms} ${mark.label}`} className="border-t border-line text-muted">
              <td className="px-2 py-0.5">{clockTime(mark.at_ms)}</td>
              <td className="px-2 py-0.5" colSpan={series.lines.length}>
                {mark.label}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
