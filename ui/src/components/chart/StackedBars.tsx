/**
 * Bars of stacked durations against a target, on a small canvas of our own. It is a picture: whoever shows it puts
 * a table with the same figures beside it.
 */
import { type PointerEvent, useEffect, useRef, useState } from "react";
import { useTheme } from "@/state/theme";
import { type Bar, barAt, total } from "./bars";
import { INSET, type Picture, paint } from "./paint";

interface Props {
  bars: readonly Bar[];
  /** Names of the parts, from the bottom up. */
  parts: readonly string[];
  target: number | null;
  targetLabel: string;
  /** Height of the canvas, CSS pixels. */
  height: number;
  /** A duration in words. */
  format: (value: number) => string;
  /** The chart in a sentence, for those who hear it. */
  summary: string;
}

/** Stacked bars with the values of the bar under the pointer. */
export function StackedBars({ bars, parts, target, targetLabel, height, format, summary }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const shown = useTheme((state) => state.shown);
  const picture: Picture = { bars, target, targetLabel, active, format };
  const latest = useRef(picture);
  latest.current = picture;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme and the picture are read by the painting
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, latest.current);
  }, [bars, target, active, shown, height]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const watch = new ResizeObserver(() => paint(element, latest.current));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const wide = box.width - INSET.left - INSET.right;
    setActive(barAt(bars.length, (event.clientX - box.left - INSET.left) / wide));
  };
  const bar = active === null ? undefined : bars[active];
  return (
    <div>
      <canvas
        ref={canvas}
        role="img"
        aria-label={summary}
        className="block w-full"
        style={{ height }}
        onPointerMove={point}
        onPointerLeave={() => setActive(null)}
      />
      <div className="mt-1 flex flex-wrap gap-x-4 gap-y-1 pl-14 text-xs text-muted">
        {bar && (
          <span className="font-medium text-ink">
            {bar.label} <span className="numeric">{format(total(bar))}</span>
          </span>
        )}
        {parts.map((name, part) => (
          <span key={name} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden
              className="size-2.5 rounded-xs"
              style={{ background: `var(--series-${part + 1})` }}
            />
            {name}
            {bar && <span className="numeric text-ink">{partText(bar.parts[part], format)}</span>}
          </span>
        ))}
      </div>
    </div>
  );
}

function partText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? format(Number.NaN) : format(value);
}
