/** What operators do from an alert to the report: each on one page, against the real engine. */
import { readFileSync } from "node:fs";
import type { Download, Page } from "@playwright/test";
import { type Daemon, expect, open, Sink, test } from "./harness";

/** What the file that a click saves holds. */
async function saved(page: Page, click: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const waiting = page.waitForEvent("download");
  await click();
  const download: Download = await waiting;
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The first tier of the practice chain fails, and a request finds it out. */
async function fail(daemon: Daemon) {
  await daemon.rpc("practice.set", { name: "gpu", failing: true });
  expect((await daemon.rpc("chain.try", { chain: "practice", prompt: "Hello" })).tier).toBe("second-gpu");
}

const newest = (page: Page) => page.getByTestId("incident-row").first().getByRole("link").first().click();

test("an incident is alerted, acknowledged, worked on by its runbook, resolved and written up", async ({
  page,
  practice,
}) => {
  const sink = await new Sink().start();
  await practice.change((document) => ({
    ...document,
    alerts: {
      ...document.alerts,
      webhooks: [
        {
          name: "on-call",
          events: ["p0", "p1", "p2", "p3", "over", "practice"],
          shape: "plain",
          url: sink.url,
          key: null,
          allow_private: true,
          template: null,
        },
      ],
    },
  }));
  await fail(practice);
  await expect.poll(() => sink.got.length).toBeGreaterThan(0);
  expect(JSON.stringify(sink.got[0])).toContain("second-gpu");

  await open(page, practice, "/incidents");
  await newest(page);
  const timeline = page.getByTestId("incident-timeline-entry");
  await expect(timeline.filter({ hasText: /on-call/ }).first()).toBeVisible();
  await page.getByTestId("incident-ack").click();
  await expect(page.getByTestId("incident-acknowledged")).toBeVisible();

  const book = page.getByTestId("incident-runbook");
  await book.getByRole("combobox").click();
  await page.getByRole("option", { name: /Provider outage/ }).click();
  await book.getByRole("checkbox").nth(1).check();
  await expect(timeline.filter({ hasText: "Look at the first evidence" })).toHaveCount(1);

  await page.getByTestId("incident-acts").click();
  await page.getByRole("menuitem", { name: "Resolve by hand" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("Seen and understood.");
  await dialog.getByRole("button", { name: "Resolve" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(timeline.filter({ hasText: "Seen and understood." })).toHaveCount(1);
  await expect(page.locator('[data-milestone="closed"] time')).toBeVisible();

  await page.getByRole("button", { name: "Draft from the record" }).click();
  const text = page.getByLabel(/^What happened, why/);
  await expect(text).toHaveValue(/## Why it happened/);
  await text.fill(`${await text.inputValue()}\nThe practice server was switched off.`);
  await page.getByTestId("post-mortem-save").click();
  await expect(page.getByTestId("post-mortem-save")).toBeDisabled();
  const { name, bytes } = await saved(page, () => page.getByRole("button", { name: "Save as file" }).click());
  expect(name).toMatch(/^incident-\d+\.md$/);
  expect(bytes.toString()).toContain("The practice server was switched off.");
  expect(bytes.toString()).toContain("Look at the first evidence");
  await page.reload();
  await expect(text).toHaveValue(/The practice server was switched off\./);
  await sink.stop();
});

test("a view is saved, chosen again, and forgotten", async ({ page, full }) => {
  await open(page, full, "/incidents?state=closed&severity=P1");
  const views = page.getByTestId("incident-views");
  await views.click();
  await page.getByRole("menuitem", { name: "Save this view" }).click();
  await page.getByTestId("view-name").fill("Bad ones");
  await page.keyboard.press("Enter");
  await expect(views).toContainText("Bad ones");
  await open(page, full, "/incidents");
  await page.reload();
  await expect(views).toContainText("Views");
  await views.click();
  await page.getByRole("menuitem", { name: "Bad ones", exact: true }).click();
  await expect(page).toHaveURL(/severity=P1/);
  await expect(page.getByTestId("incident-row").first()).toContainText("P1");
  await views.click();
  await page.getByRole("menuitem", { name: "Forget “Bad ones”" }).click();
  await expect(views).toContainText("Views");
});

test("several incidents are acknowledged at once", async ({ page, practice }) => {
  await fail(practice);
  await practice.rpc("practice.set", { name: "second-gpu", failing: true });
  await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await practice.until("two go on", ({ open_incidents }) => open_incidents >= 2);
  await open(page, practice, "/incidents?state=open");
  const rows = page.getByTestId("incident-row");
  await expect(rows.nth(1)).toBeVisible();
  const count = await rows.count();
  for (let at = 0; at < count; at++) await rows.nth(at).getByRole("checkbox").check();
  await page
    .getByTestId("bulk-bar")
    .getByRole("button", { name: `Acknowledge ${count}` })
    .click();
  await expect(page.getByTestId("bulk-bar")).toHaveCount(0);
  const states = async () =>
    (await practice.rpc("incidents", { limit: 10, offset: 0, filter: null })).incidents.map(
      ({ state }) => state,
    );
  await expect.poll(states).not.toContain("open");
  await expect(rows).toHaveCount(0);
});

test("a report is saved in each of its four forms", async ({ page, full }) => {
  await open(page, full, "/reports?period=30d");
  const starts = { html: /^<!doctype html>/i, pdf: /^%PDF-1\./, csv: /^[\w "]+,/, json: /^\{/ } as const;
  for (const [format, start] of Object.entries(starts)) {
    const { name, bytes } = await saved(page, () => page.getByTestId(`report-export-${format}`).click());
    expect(name).toMatch(new RegExp(`\\.${format}$`));
    expect(bytes.length).toBeGreaterThan(1000);
    expect(bytes.subarray(0, 100).toString("latin1")).toMatch(start);
  }
});

test("a runbook is reworded as a revision, and goes back to its original", async ({ page, practice }) => {
  const words = "Ask whoever is on call.";
  const revision = async () => (await practice.rpc("config.get", null)).revision;
  await open(page, practice, "/runbooks");
  const before = await revision();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const text = dialog.getByLabel("Text", { exact: true });
  await text.fill(`${await text.inputValue()}\n- [ ] ${words}\n`);
  await dialog.getByLabel("Quality").check();
  await dialog.getByTestId("runbook-save").click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText(words)).toBeVisible();
  await expect(page.getByText("Edited", { exact: true })).toBeVisible();
  expect(await revision()).toBe(before + 1);
  const [latest] = await practice.rpc("config.revisions", { limit: 1 });
  expect(latest?.note).toBe("Runbook saved: Provider outage");
  expect((await practice.rpc("runbooks", null))[0]?.kinds).toContain("quality");

  await page.getByRole("button", { name: "Restore the original" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Restore the original" }).click();
  await expect(page.getByText(words)).toHaveCount(0);
  expect(await revision()).toBe(before + 2);
});
