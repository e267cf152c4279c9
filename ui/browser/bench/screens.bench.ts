/** `make bench`, part of the screens: what they cost while they are watched, and what they hold after half a day. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { build, type PreviewServer, preview } from "vite";
import { Daemon, expect, open, test } from "../harness";
import { held, percentOfCore, put, TABLE } from "./measure";
import { firstPaint } from "./window";

const CHARTS = fileURLToPath(new URL("charts", import.meta.url));
const BUILT = fileURLToPath(new URL("../../../target/bench-charts", import.meta.url));
/** Half a day of ticks, 15 s apart as charts of an hour have them; the first hour fills every cache. */
const HOUR = 240;
const HOURS = 12;
const WATCHED_MS = 30_000;

test.describe.configure({ mode: "default", timeout: 1_200_000 });
test.beforeAll(() => writeFileSync(TABLE, ""));

const percent = (value: number) => `${value.toFixed(1)} %`;
const mib = (value: number) => `${value.toFixed(1)} MiB`;

test("twelve charts", async ({ page }) => {
  await build({
    configFile: fileURLToPath(new URL("../../vite.config.ts", import.meta.url)),
    root: CHARTS,
    build: { outDir: BUILT, emptyOutDir: true },
    logLevel: "error",
  });
  const server: PreviewServer = await preview({
    configFile: false,
    build: { outDir: BUILT },
    preview: { port: 0, host: "127.0.0.1" },
    logLevel: "error",
  });
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  await expect(page.locator("canvas")).toHaveCount(12);
  await page.evaluate(() => window.live());
  put("what the screens cost", "figure", "bar");
  put("twelve charts, a tick each 2 s, of a core", percent(await percentOfCore(page, WATCHED_MS)), "5 %");
  await page.reload();
  await expect(page.locator("canvas")).toHaveCount(12);
  await page.evaluate((ticks) => window.feed(ticks), HOUR);
  const early = await held(page);
  const from = performance.now();
  await page.evaluate((ticks) => window.feed(ticks), HOUR * (HOURS - 1));
  const tick = (performance.now() - from) / (HOUR * (HOURS - 1));
  const late = await held(page);
  put("  a tick of all twelve at speed", `${tick.toFixed(1)} ms`);
  put("  memory after 1 h and after 12 h of ticks", mib(early.heap), mib(late.heap));
  put(
    "  nodes and listeners added in between",
    `${late.nodes - early.nodes}`,
    `${late.listeners - early.listeners}`,
  );
  await server.close();
  // A page that keeps one point of each tick would have gained 1 MiB a chart.
  expect(late.heap).toBeLessThan(early.heap + 2);
  expect(late.nodes).toBeLessThan(early.nodes + 200);
});

/** Pretends that the window was put out of sight, as a tab in the background is. */
const hide = (page: Page) =>
  page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });

test("the Overview", async ({ page, practice }) => {
  const ask = () =>
    fetch(`${practice.endpoint}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "practice", messages: [{ role: "user", content: "Hello" }] }),
    }).then((answer) => answer.text());
  const traffic = setInterval(() => void ask().catch(() => {}), 200);
  const paints: number[] = [];
  for (let times = 0; times < 5; times++) {
    await open(page, practice, "/");
    await page.reload();
    await expect(page.getByTestId("status-sentence")).toBeVisible();
    await page.waitForFunction(() => performance.getEntriesByName("first-contentful-paint").length > 0);
    paints.push(
      await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      ),
    );
  }
  paints.sort((a, b) => a - b);
  put("the Overview in Chromium, first paint, median of 5", `${paints[2]?.toFixed(0)} ms`, "1000 ms");
  await page.waitForTimeout(10_000);
  put(
    "the Overview, live, 5 requests a second, of a core",
    percent(await percentOfCore(page, WATCHED_MS)),
    "5 %",
  );
  const early = await held(page);
  await page.waitForTimeout(60_000);
  const late = await held(page);
  put("  memory, and a minute later", mib(early.heap), mib(late.heap));
  await hide(page);
  await page.waitForTimeout(3_000);
  const away = await percentOfCore(page, WATCHED_MS);
  await page.goto("about:blank");
  const blank = await percentOfCore(page, WATCHED_MS);
  put("the Overview, out of sight, of a core; an empty page", percent(away), percent(blank));
  clearInterval(traffic);
});

test("lists of 100,000 incidents and 1,000,000 change-overs", async ({ page }) => {
  const daemon = await new Daemon().withRows(100_000, 1_000_000);
  await daemon.start();
  for (const [path, row] of [
    ["/incidents", "incident-row"],
    ["/history", "history-row"],
  ] as const) {
    await open(page, daemon, "/");
    await page.getByTestId("nav-incidents").click();
    const from = performance.now();
    await page.goto(`${daemon.url}#${path}`);
    await page.getByTestId(row).first().waitFor();
    put(`${path}, first rows`, `${(performance.now() - from).toFixed(0)} ms`);
    put(`${path}, scrolled through 2,000 rows: frames, longest`, ...(await scrolled(page)));
  }
  await daemon.end();
});

/** Scrolls down by a third of a screen a frame: how many frames a second there were, and the longest. */
async function scrolled(page: Page): Promise<[string, string]> {
  const frames = await page.evaluate(async () => {
    const content = document.getElementById("content");
    const times: number[] = [];
    let last = performance.now();
    while (content && content.scrollTop < 2000 * 53 && times.length < 3000) {
      content.scrollBy(0, 250);
      await new Promise(requestAnimationFrame);
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times;
  });
  const mean = frames.reduce((sum, time) => sum + time, 0) / frames.length;
  return [`${(1000 / mean).toFixed(0)} /s`, `${Math.max(...frames).toFixed(0)} ms`];
}

test("the window", async () => {
  const program = join(Daemon.programs, "changeover");
  const missing = [program, "/usr/bin/WebKitWebDriver"].find((path) => !existsSync(path));
  if (missing || !process.env.DISPLAY) {
    return put(`the window, left out: ${missing ?? "a display"} is missing`);
  }
  const times: { started: number; loaded: number }[] = [];
  for (let start = 0; start < 5; start++) times.push(await firstPaint(program));
  const median = (of: "started" | "loaded") =>
    times.map((one) => one[of]).sort((a, b) => a - b)[2] ?? Number.NaN;
  put(
    "the window, start of the program to first paint, median of 5",
    `${median("started").toFixed(0)} ms`,
    "1000 ms",
  );
  put("  of it, from the page's begin", `${median("loaded").toFixed(0)} ms`);
});
