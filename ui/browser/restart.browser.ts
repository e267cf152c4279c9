/** The engine is killed while a form is half typed: every screen says so, keeps what was typed, and comes back by itself. */
import type { Locator, Page } from "@playwright/test";
import { Daemon, expect, Keyring, open, test } from "./harness";

interface Form {
  screen: string;
  /** Leads to the form, where the screen alone does not. */
  open?: (page: Page) => Promise<void>;
  field: (page: Page) => Locator;
  text: string;
}

const dialog = (page: Page) => page.getByRole("dialog");

const FORMS: Form[] = [
  {
    screen: "/chains",
    open: (page) => page.getByTestId("tier-edit-gpu").click(),
    field: (page) => dialog(page).getByLabel("Model", { exact: true }),
    text: "half-a-mod",
  },
  {
    screen: "/gpus",
    open: (page) => page.getByTestId("gpu-host-add").click(),
    field: (page) => page.getByTestId("gpu-host-url"),
    text: "http://gpu1:94",
  },
  {
    screen: "/incidents",
    open: async (page) => {
      await page.getByTestId("incident-row").first().getByRole("link").first().click();
    },
    field: (page) => page.getByLabel("Add a note to the timeline"),
    text: "We saw that",
  },
  {
    screen: "/runbooks",
    open: (page) => page.getByRole("button", { name: "New runbook" }).click(),
    field: (page) => dialog(page).getByLabel("Title"),
    text: "What to do wh",
  },
  {
    screen: "/settings",
    open: (page) => page.getByTestId("client-key-add").click(),
    field: (page) => page.getByTestId("client-key-name"),
    text: "build-ser",
  },
  {
    screen: "/settings?section=endpoint",
    field: (page) => page.getByTestId("endpoint-listen"),
    text: "127.0.0.1:49",
  },
  { screen: "/settings?section=targets", field: (page) => page.getByLabel("Availability, %"), text: "99.95" },
];

/** An incident to write a note on. */
async function incident(daemon: Daemon) {
  await daemon.rpc("practice.set", { name: "gpu", failing: true });
  await daemon.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await daemon.until("there is an incident", ({ open_incidents }) => open_incidents > 0);
}

test("on every screen with a form the engine's end is said, and what was typed outlives it", async ({
  page,
  practice,
}) => {
  test.setTimeout(300_000);
  await incident(practice);
  const gone = page.getByText(/Not connected since/);
  for (const form of FORMS) {
    await test.step(form.screen, async () => {
      await open(page, practice, form.screen);
      await form.open?.(page);
      const field = form.field(page);
      await field.fill(form.text);
      await practice.kill();
      await expect(gone).toBeVisible();
      await expect(field).toHaveValue(form.text);
      await practice.start();
      await expect(gone).toHaveCount(0);
      await expect(field).toHaveValue(form.text);
      await page.keyboard.press("Escape");
    });
  }
});

test("what is saved while the engine is gone is said not to be, and is saved once it is back", async ({
  page,
  practice,
}) => {
  await open(page, practice, "/gpus");
  await page.getByTestId("gpu-host-add").click();
  await page.getByTestId("gpu-host-name").fill("gpu1");
  await page.getByTestId("gpu-host-url").fill("http://127.0.0.1:9/metrics");
  await practice.kill();
  await page.getByTestId("gpu-host-save").click();
  await expect(dialog(page).getByText(/Changeover does not answer at/)).toBeVisible();
  await practice.start();
  await expect(page.getByText(/Not connected since/)).toHaveCount(0);
  await page.getByTestId("gpu-host-save").click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByTestId("gpu-host-gpu1")).toBeVisible();
});

test("a provider key that is half typed outlives the engine's end, and is stored once it is back", async ({
  page,
}) => {
  const keyring = await new Keyring().start();
  const daemon = await new Daemon().withEnv(keyring.env).start();
  // The keyring owns its name on the bus a moment after its start.
  await expect.poll(async () => (await daemon.rpc("keys", null)).problem, { timeout: 60_000 }).toBeNull();
  await open(page, daemon, "/settings?section=keys");
  const [name, secret] = [page.getByTestId("key-name"), page.getByTestId("key-secret")];
  await name.fill("openai-prod");
  await secret.fill("sk-half-typed-1234");
  await daemon.kill();
  const gone = page.getByText(/Not connected since/);
  await expect(gone).toBeVisible();
  await page.getByTestId("key-save").click();
  await expect(page.getByText(/Changeover does not answer at/)).toBeVisible();
  await daemon.start();
  await expect(gone).toHaveCount(0);
  // The secret is in this page's memory alone until it is stored; whoever pasted it need not fetch it again.
  await expect(name).toHaveValue("openai-prod");
  await expect(secret).toHaveValue("sk-half-typed-1234");
  await page.getByTestId("key-save").click();
  await expect(name).toHaveValue("");
  await expect(secret).toHaveValue("");
  expect((await daemon.rpc("keys", null)).keys).toMatchObject([{ name: "openai-prod", last_four: "1234" }]);
  expect(await page.content()).not.toContain("sk-half-typed");
  await daemon.end();
  await keyring.end();
});
