/** Chains: the order by mouse, by keyboard and by buttons; draft, review, apply, undo; and of two operators the slower one. */
import type { Page } from "@playwright/test";
import { type Daemon, expect, open, test } from "./harness";

const orderOf = async (daemon: Daemon) => {
  const { document } = await daemon.rpc("config.get", null);
  return document.chains[0]?.tiers.map(({ name }) => name);
};

const shown = (page: Page) =>
  page
    .getByTestId(/^tier-row-/)
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.testid?.replace("tier-row-", "")));

/** Waits until the screen and the engine have this order. */
async function inOrder(page: Page, daemon: Daemon, order: string[]) {
  await expect.poll(() => shown(page)).toEqual(order);
  await expect.poll(() => orderOf(daemon)).toEqual(order);
}

test.beforeEach(async ({ page, practice }) => {
  await open(page, practice, "/chains");
  await expect(page.getByTestId("tier-row-cpu")).toBeVisible();
});

test("a tier is dragged by the mouse, in force at once, and undone", async ({ page, practice }) => {
  const middle = async (id: string) => {
    const box = await page.getByTestId(id).boundingBox();
    if (!box) throw new Error(`${id} is nowhere`);
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const from = await middle("tier-grip-cpu");
  const to = await middle("tier-grip-gpu");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y - 12, { steps: 4 });
  await page.mouse.move(to.x, to.y - 6, { steps: 12 });
  await page.mouse.up();
  await inOrder(page, practice, ["cpu", "gpu", "second-gpu"]);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await inOrder(page, practice, ["gpu", "second-gpu", "cpu"]);
});

test.describe("by touch", () => {
  test.use({ hasTouch: true });

  test("a tier that is held and dragged by a finger is in force at its new place", async ({
    page,
    practice,
  }) => {
    const touch = await page.context().newCDPSession(page);
    const middle = async (id: string) => {
      const box = await page.getByTestId(id).boundingBox();
      if (!box) throw new Error(`${id} is nowhere`);
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const finger = (type: "touchStart" | "touchMove" | "touchEnd", at?: { x: number; y: number }) =>
      touch.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [at] : [] });
    const from = await middle("tier-grip-cpu");
    const to = await middle("tier-grip-gpu");
    await finger("touchStart", from);
    await expect(page.getByText("cpu lifted from position 3 of 3.")).toBeAttached();
    for (let step = 1; step <= 12; step++) {
      await finger("touchMove", { x: from.x, y: from.y + ((to.y - 6 - from.y) * step) / 12 });
    }
    await expect(page.getByText("cpu is now at position 1 of 3.")).toBeAttached();
    await finger("touchEnd");
    await inOrder(page, practice, ["cpu", "gpu", "second-gpu"]);
  });
});

test("a tier is lifted, moved and dropped by the keyboard", async ({ page, practice }) => {
  await page.getByTestId("tier-grip-gpu").focus();
  await page.keyboard.press("Space");
  const lifted = page.getByText("gpu lifted from position 1 of 3.");
  await expect(lifted).toBeAttached();
  // Longer than what is said of a move waits for the next one.
  await page.waitForTimeout(800);
  await expect(lifted).toBeAttached();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByText("gpu is now at position 2 of 3.")).toBeAttached();
  await page.keyboard.press("Space");
  await inOrder(page, practice, ["second-gpu", "gpu", "cpu"]);
});

test("a tier is moved by Alt and an arrow, and by its buttons", async ({ page, practice }) => {
  await page.getByTestId("tier-row-gpu").focus();
  await page.keyboard.press("Alt+ArrowDown");
  await inOrder(page, practice, ["second-gpu", "gpu", "cpu"]);
  await page.getByTestId("tier-up-cpu").click();
  await inOrder(page, practice, ["second-gpu", "cpu", "gpu"]);
});

test("an edit is a draft until it is applied, and can be undone", async ({ page, practice }) => {
  const enabled = async () => {
    const { document } = await practice.rpc("config.get", null);
    return document.chains[0]?.tiers[2]?.enabled;
  };
  await page.getByLabel("cpu enabled").click();
  await expect(page.getByTestId("draft-bar")).toBeVisible();
  expect(await enabled()).toBe(true);
  await page.getByTestId("review").click();
  await expect(page.getByText("practice: tier cpu is switched off")).toBeVisible();
  await page.getByTestId("apply").click();
  await expect(page.getByTestId("draft-bar")).toHaveCount(0);
  expect(await enabled()).toBe(false);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(enabled).toBe(true);
});

test("a wrong value is marked at its field before anything is applied", async ({ page }) => {
  await page.getByTestId("tier-edit-gpu").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Model", { exact: true }).fill("");
  await dialog.getByTestId("tier-save").click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
  await expect(dialog.getByLabel("Model", { exact: true })).toHaveAttribute("aria-invalid", "true");
});

test("a server's GPUs and its restart are written down and kept by later edits", async ({
  page,
  practice,
}) => {
  const replica = async () => {
    const { document } = await practice.rpc("config.get", null);
    return document.chains[0]?.tiers[0]?.replicas?.[0];
  };
  const dialog = page.getByRole("dialog");
  const apply = async () => {
    await dialog.getByTestId("tier-save").click();
    await page.getByTestId("review").click();
    await page.getByTestId("apply").click();
    await expect(page.getByTestId("draft-bar")).toHaveCount(0);
  };
  await page.getByTestId("tier-edit-gpu").click();
  await dialog.getByTestId("advanced").click();
  await dialog.getByTestId("field-replicas.0.gpus").fill("0");
  await dialog.getByTestId("field-replicas.0.restart.way").click();
  await page.getByRole("option", { name: "Restart a systemd unit" }).click();
  await dialog.getByTestId("field-replicas.0.restart.unit").fill("vllm");
  await dialog.getByTestId("tier-save").click();
  const unit = dialog.getByTestId("field-replicas.0.restart.unit");
  await expect(unit).toHaveAttribute("aria-invalid", "true");
  await unit.fill("vllm.service");
  await apply();
  const written = { gpus: ["0"], restart: { enabled: false, unit: "vllm.service" } };
  expect(await replica()).toMatchObject(written);
  await page.getByTestId("tier-edit-gpu").click();
  await dialog.getByLabel("Model", { exact: true }).fill("another-model");
  await apply();
  expect(await replica()).toMatchObject(written);
});

test("a draft survives an edit made elsewhere, and nothing is overwritten unseen", async ({
  page,
  practice,
}) => {
  await page.getByLabel("cpu enabled").click();
  const { revision } = await practice.rpc("config.get", null);
  await practice.rpc("chains.reorder", {
    chain: "practice",
    tiers: ["second-gpu", "gpu", "cpu"],
    expected_revision: revision,
  });
  await expect(page.getByText(/was made elsewhere since you began/)).toBeVisible();
  await page.getByTestId("review").click();
  await expect(page.getByText("The configuration was changed elsewhere")).toBeVisible();
  await expect(page.getByText(/the order becomes second-gpu, gpu, cpu/)).toBeVisible();
  await page.getByRole("button", { name: "Keep my draft and compare with it" }).click();
  await expect(page.getByText("practice: tier cpu is switched off")).toBeVisible();
  expect(await orderOf(practice)).toEqual(["second-gpu", "gpu", "cpu"]);
});
