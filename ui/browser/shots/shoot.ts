/** What the pictures share: how one is taken, and a daemon that something has happened to. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { type Daemon, open, pathOf, type SCREENS, test } from "../harness";

const INTO = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));
/** Long enough for a chart to draw its first figures. */
const DRAWN_MS = 1200;

export const SIZE = { width: 1280, height: 800 };
/** The smallest window the screens are made for. */
export const SMALL = { width: 1024, height: 700 };
export const LARGE = { width: 2560, height: 1440 };
/** `SIZE` as a browser lays it out that shows pages at 200 %. */
export const ZOOMED = { width: 640, height: 400 };

export type Screen = (typeof SCREENS)[number];

mkdirSync(INTO, { recursive: true });

/** A picture of what `show` brings onto the page, in both themes. */
export async function shoot(page: Page, name: string, show: () => Promise<unknown>, size = SIZE) {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await show();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(DRAWN_MS);
    await page.screenshot({ path: `${INTO}${name}-${colorScheme}.png` });
  }
}

/** The same in the smallest window, on a large screen and at 200 %. */
export async function shootSizes(page: Page, name: string, show: () => Promise<unknown>) {
  await shoot(page, `${name}-small`, show, SMALL);
  await shoot(page, `${name}-large`, show, LARGE);
  await shoot(page, `${name}-zoomed`, show, ZOOMED);
}

const lively = new WeakSet<Daemon>();

/** Some traffic, a failure in the middle of it, and more traffic; once for each daemon. */
export async function busy(daemon: Daemon) {
  if (lively.has(daemon)) return;
  lively.add(daemon);
  const ask = (model: string) =>
    fetch(`${daemon.endpoint}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Hello" }] }),
    }).then((answer) => answer.text());
  for (let round = 0; round < 12; round++) {
    await Promise.all(["chat", "chat", "practice"].map(ask));
    if (round === 6) await daemon.rpc("practice.set", { name: "gpu", failing: true });
  }
}

/** The screen itself, empty and full. */
export function shootScreen(screen: Screen) {
  test(`${screen}, empty`, ({ page, empty }) =>
    shoot(page, `${screen}-empty`, () => open(page, empty, pathOf(screen))));
  test(`${screen}, full`, async ({ page, full }) => {
    await busy(full);
    await shoot(page, `${screen}-full`, () => open(page, full, pathOf(screen)));
  });
}
