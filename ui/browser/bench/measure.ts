/** What Chromium says of itself: CPU time of all its processes, and what the page holds after a collection. */
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";

/** Where the figures go; scripts/bench.sh prints it. */
export const TABLE = fileURLToPath(new URL("../../../target/screens-bench.txt", import.meta.url));

/** A line of the table. */
export function put(what: string, ...figures: string[]) {
  appendFileSync(TABLE, `${what.padEnd(64)}${figures.map((figure) => figure.padStart(12)).join("")}\n`);
}

/** CPU time that the browser has used so far, seconds, all processes together. */
async function cpu(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** What of a core the browser uses from now on for so long, percent. */
export async function percentOfCore(page: Page, ms: number): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error("no browser");
  const [before, from] = [await cpu(browser), performance.now()];
  await page.waitForTimeout(ms);
  return (((await cpu(browser)) - before) / (performance.now() - from)) * 100_000;
}

/** What the page holds once garbage is collected: MiB of its heap, nodes, listeners. */
export async function held(page: Page): Promise<{ heap: number; nodes: number; listeners: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  for (let times = 0; times < 3; times++) await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
  return { heap: of("JSHeapUsedSize") / 1024 / 1024, nodes: of("Nodes"), listeners: of("JSEventListeners") };
}
