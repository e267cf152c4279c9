/** Twelve charts as the screens have them, fed by whoever drives the page: one second of real time per tick, or as fast as it goes. */
import { useState } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { TimeChart } from "@/components/chart/TimeChart";
import type { Series } from "@/contract";
import { startI18n } from "@/i18n";
import { startTheme } from "@/state/theme";
import "@/styles/index.css";

const CHARTS = 12;
const LINES = ["gpu", "second-gpu", "laptop", "cloud"];
/** As many as a chart of the screens has; a point each two seconds, as often as a chart of ten minutes gets one. */
const POINTS = 300;
const TICK_MS = 2000;

declare global {
  interface Window {
    /** Feeds so many ticks as fast as they are drawn. */
    feed: (ticks: number) => Promise<void>;
    /** Feeds a tick each two seconds from now on. */
    live: () => void;
  }
}

/** What the engine would answer at this tick: a window that moves on, with a change-over now and then. */
function seriesAt(tick: number, chart: number): Series {
  const at_ms = Array.from({ length: POINTS }, (_, at) => (tick + at - POINTS) * TICK_MS + 1_795_000_000_000);
  const value = (line: number, at: number) => 50 + 40 * Math.sin((tick + at) / 9 + line + chart);
  return {
    at_ms,
    lines: LINES.map((name, line) => ({ name, unit: "ms", values: at_ms.map((_, at) => value(line, at)) })),
    marks: at_ms
      .filter((at) => (at / TICK_MS) % 120 === 0)
      .map((at) => ({ at_ms: at, label: "gpu to cloud" })),
  };
}

let show: (tick: number) => void = () => {};
let tick = 0;

function Charts() {
  const [now, setNow] = useState(0);
  show = setNow;
  return (
    <div className="grid grid-cols-3 gap-4 p-4">
      {Array.from({ length: CHARTS }, (_, chart) => `Chart ${chart + 1}`).map((label, chart) => (
        <TimeChart key={label} series={seriesAt(now, chart)} height={132} label={label} syncKey="bench" />
      ))}
    </div>
  );
}

const next = () => {
  tick += 1;
  flushSync(() => show(tick));
};

// A frame for each, as in life: drawings that are never shown pile up in the browser.
window.feed = async (ticks) => {
  for (let at = 0; at < ticks; at++) {
    next();
    await new Promise(requestAnimationFrame);
  }
};
window.live = () => void setInterval(next, TICK_MS);

startTheme();
startI18n();
const root = document.getElementById("root");
if (root) createRoot(root).render(<Charts />);
