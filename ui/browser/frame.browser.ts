/** What is around every screen: palette, shortcuts, themes, the address, and an engine that goes away and comes back. */
import type { Page } from "@playwright/test";
import { expect, open, settled, test } from "./harness";

/** Opens the palette, types, and takes what is on top. */
async function palette(page: Page, text: string, entry: RegExp) {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type(text);
  await expect(page.getByRole("option", { selected: true })).toHaveText(entry);
  await page.keyboard.press("Enter");
}

test("every screen is reached by its letter, and Esc closes what is in front", async ({ page, practice }) => {
  await open(page, practice, "/");
  for (const [letter, heading] of [
    ["c", "Chains"],
    ["u", "GPUs"],
    ["i", "Incidents"],
    ["r", "Reports"],
    ["b", "Runbooks"],
    ["p", "Playground"],
    ["s", "Settings"],
    ["o", "Overview"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(letter);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
  }
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Keyboard shortcuts");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("the palette goes and acts by keyboard alone", async ({ page, practice }) => {
  await open(page, practice, "/");
  await palette(page, "playgr", /^Playground/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Playground");
  await palette(page, "change-overs", /^Show all change-overs/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Change-over history");
  await palette(page, "theme: dark", /^Theme: Dark/);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("times are relative or absolute, by one switch for all", async ({ page, practice }) => {
  await open(page, practice, "/");
  const time = page.getByRole("region", { name: "Status" }).locator("time").first();
  await expect(time).toHaveText(/^for \d+ (s|min)$/);
  await palette(page, "times of day", /times of day/);
  await expect(time).toHaveText(/^since .*\d\d:\d\d/);
});

test("an engine that is killed is said to be gone, and nothing that was typed is lost", async ({
  page,
  practice,
}) => {
  await open(page, practice, "/chains");
  await page.getByLabel("cpu enabled").click();
  await page.getByTestId("nav-playground").click();
  await page.getByTestId("prompt").fill("A prompt that took long to write");
  await practice.kill();
  await expect(page.getByText(/Not connected since/)).toBeVisible();
  await page.getByTestId("playground-send").click();
  await expect(page.getByText(/Changeover does not answer at/).first()).toBeVisible();

  await practice.start();
  await expect(page.getByText(/Not connected since/)).toHaveCount(0);
  await expect(page.getByTestId("prompt")).toHaveValue("A prompt that took long to write");
  await page.getByTestId("playground-send").click();
  await expect(page.getByTestId("run-state")).toHaveText(/Answered by/);
  await page.getByTestId("nav-chains").click();
  await settled(page);
  await expect(page.getByTestId("draft-bar")).toContainText("Draft with 1 change");
});

test("a screen that was never opened can be gone to while the engine is gone", async ({ page, practice }) => {
  await open(page, practice, "/");
  const fetched = (name: string) =>
    page.evaluate(
      (part) => performance.getEntriesByType("resource").some((it) => it.name.includes(part)),
      name,
    );
  // The last of the screens that are fetched ahead.
  await expect.poll(() => fetched("SettingsScreen")).toBe(true);
  await practice.kill();
  await expect(page.getByText(/Not connected since/)).toBeVisible();
  await page.getByTestId("nav-chains").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Chains");
  await practice.start();
  await expect(page.getByTestId("tier-row-gpu")).toBeVisible();
});

test("a screen whose code cannot be had is said to be missing, and comes with the engine", async ({
  page,
  practice,
}) => {
  await page.route(/ChainsPage/, (route) => route.abort());
  await open(page, practice, "/");
  await practice.kill();
  await page.getByTestId("nav-chains").click();
  await expect(page.getByText(/This screen could not be loaded/)).toBeVisible();
  await page.unroute(/ChainsPage/);
  await practice.start();
  await expect(page.getByTestId("tier-row-gpu")).toBeVisible();
});

test("without its token the page says how to get in", async ({ page, practice }) => {
  const { origin } = new URL(practice.url);
  await page.goto(`${origin}/`);
  await expect(page.getByText("This page needs its token")).toBeVisible();
  await page.getByLabel(/paste that address/).fill(practice.url);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
});
