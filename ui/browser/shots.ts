import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { type Daemon, open, pathOf, SCREENS, settled, test } from "./harness";

const INTO = fileURLToPath(new URL("../../target/screenshots/", import.meta.url));
const SIZE = { width: 1280, height: 800 };
/** Long enough for a chart to draw its first figures. */
const DRAWN_MS = 1500;

mkdirSync(INTO, { recursive: true });

/** A picture of what stands on the page, in both themes. */
async function shoot(page: Page, name: string, show: () => Promise<void>) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.setViewportSize(SIZE);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await show();
    await page.waitForTimeout(DRAWN_MS);
    await page.screenshot({ path: `${INTO}${name}-${colorScheme}.png` });
  }
}

/** Some traffic, a failure in the middle of it, and more traffic. */
async function busy(daemon: Daemon) {
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

for (const screen of SCREENS) {
  test(`${screen}, empty`, ({ page, empty }) =>
    shoot(page, `${screen}-empty`, () => open(page, empty, pathOf(screen))));
}

test("everything, full", async ({ page, full }) => {
  test.setTimeout(300_000);
  await busy(full);
  for (const screen of SCREENS) {
    await shoot(page, `${screen}-full`, () => open(page, full, pathOf(screen)));
  }
  await shoot(page, "overview-failing", () => open(page, full, "/?chain=practice"));
  await shoot(page, "incident-full", async () => {
    await open(page, full, "/incidents");
    await page.getByTestId("incident-row").first().getByRole("link").first().click();
    await settled(page);
  });
  await shoot(page, "tier-form", async () => {
    await open(page, full, "/chains");
    await page.getByTestId("tier-edit-gpu").first().click();
    await page.getByTestId("advanced").click();
    await page.getByTestId("field-replicas.0.restart.way").scrollIntoViewIfNeeded();
  });
  await shoot(page, "trigger-matrix", async () => {
    await open(page, full, "/chains");
    await page.getByTestId("tier-edit-gpu").first().click();
    await page.getByTestId("advanced").click();
    await page.getByTestId("field-triggers.first_token_above").scrollIntoViewIfNeeded();
  });
  await shoot(page, "review", async () => {
    await open(page, full, "/chains");
    const enabled = page.getByLabel("laptop enabled");
    if (await enabled.isChecked()) await enabled.click();
    await page.getByTestId("review").click();
  });
  for (const section of ["endpoint", "keys", "alerts", "targets", "data", "about"]) {
    await shoot(page, `settings-${section}`, () => open(page, full, `/settings?section=${section}`));
  }
  await shoot(page, "settings-wrong", async () => {
    await open(page, full, "/settings?section=targets");
    await page.getByLabel("API routing, Back within (RTO)").fill("soon");
    await page
      .getByLabel(/^chat \/ gpu, /)
      .first()
      .fill("a lot");
  });
  await shoot(page, "client-key", async () => {
    await open(page, full, "/settings?section=endpoint");
    await page.getByTestId("client-key-add").click();
    await page.getByTestId("client-key-make").click();
  });
  await shoot(page, "runbook-editor", async () => {
    await open(page, full, "/runbooks");
    await page.getByRole("button", { name: "New runbook" }).click();
    await page.getByTestId("runbook-save").click();
  });
  await shoot(page, "history", () => open(page, full, "/history"));
  await shoot(page, "gpu-host", async () => {
    await open(page, full, "/gpus");
    await page.getByTestId("gpu-host-add").click();
  });
  await shoot(page, "palette", async () => {
    await open(page, full, "/");
    await page.keyboard.press("Control+k");
  });
  await shoot(page, "playground-answers", async () => {
    await open(page, full, "/playground?chain=practice&other=cpu");
    await page.getByTestId("prompt").fill("Why is the sky blue?");
    await page.getByTestId("playground-send").click();
    await page.getByTestId("why").nth(1).waitFor();
  });
});

test("a first run", async ({ page, practice }) => {
  await shoot(page, "overview-first-run", () => open(page, practice, "/"));
});
