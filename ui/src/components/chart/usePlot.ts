/**
 * Keeps one plot on the page in step with its data, its container's width and the theme. While the page is hidden
 * nothing is drawn; the newest data is when it is shown again.
 */
import { type RefObject, useEffect, useRef } from "react";
import type { Series } from "@/contract";
import { useTheme } from "@/state/theme";
import { createPlot, type Plot, type PlotListener } from "./plot";
import { isEmpty, shapeKey } from "./shape";

/** Draws `series` into `box`, which has to stay mounted; `height` is the canvas's, axis included. */
export function usePlot(
  box: RefObject<HTMLElement | null>,
  series: Series,
  height: number,
  listener: PlotListener,
  syncKey?: string,
) {
  const plot = useRef<Plot | null>(null);
  const latest = useRef({ series, listener });
  latest.current = { series, listener };
  const shape = isEmpty(series) ? null : shapeKey(series);
  const shown = useTheme((state) => state.shown);

  useEffect(() => {
    const element = box.current;
    if (shape === null || element === null) return;
    const size = { width: element.clientWidth, height };
    const forward: PlotListener = {
      cursor: (index) => latest.current.listener.cursor(index),
      mark: (mark, left) => latest.current.listener.mark(mark, left),
    };
    const drawn = createPlot(element, latest.current.series, size, forward, syncKey);
    plot.current = drawn;
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) drawn.resize(entry.contentRect.width, height);
    });
    watch.observe(element);
    const wake = () => {
      if (!document.hidden) drawn.feed(latest.current.series);
    };
    document.addEventListener("visibilitychange", wake);
    return () => {
      document.removeEventListener("visibilitychange", wake);
      watch.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [box, shape, height, syncKey]);

  useEffect(() => {
    if (!document.hidden) plot.current?.feed(series);
  }, [series]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read by the drawing, not here
  useEffect(() => {
    plot.current?.redraw();
  }, [shown]);
}
