/** What the engine finds wrong stands at the field it belongs to, in words. */
import type { Locator } from "@playwright/test";
import { expect, open, test } from "./harness";

async function marked(field: Locator, words: RegExp) {
  await expect(field).toHaveAttribute("aria-invalid", "true");
  const id = (await field.getAttribute("aria-describedby"))?.split(" ").at(-1) ?? "";
  await expect(field.page().locator(`[id="${id}"]`)).toHaveText(words);
}

test("a runbook's name, title and text are marked where they are wrong", async ({ page, practice }) => {
  await open(page, practice, "/runbooks");
  await page.getByRole("button", { name: "New runbook" }).click();
  const dialog = page.getByRole("dialog");
  const [title, name, text] = ["Title", "Name", "Text"].map((label) =>
    dialog.getByLabel(label, { exact: true }),
  ) as [Locator, Locator, Locator];
  await dialog.getByTestId("runbook-save").click();
  await marked(title, /Write a title/);
  await marked(name, /Write a name/);
  await title.fill("A lost GPU");
  await name.fill("a lost GPU!");
  await text.fill("- [ ] Look at it. [Burn](act:burn)");
  await dialog.getByTestId("runbook-save").click();
  await marked(name, /use 1 to 64 letters, digits and/);
  await marked(text, /act:burn.? is no act/);
  await name.fill("lost-gpu-2");
  await text.fill("- [ ] Look at it.");
  await dialog.getByTestId("runbook-save").click();
  await expect(dialog).toHaveCount(0);
});

test("targets and prices are marked where they are wrong, by the form and by the engine", async ({
  page,
  full,
}) => {
  await open(page, full, "/settings?section=targets");
  const availability = page.getByLabel("Availability, %");
  await availability.fill("120");
  await marked(availability, /between 0 and 100/);
  await availability.fill("99.9");
  const routing = page.getByLabel("API routing, Back within (RTO)");
  await routing.fill("soon");
  await marked(routing, /Write a time with its unit/);
  await routing.fill("5s");
  const price = page.getByLabel(/^chat \/ gpu, /).first();
  await price.fill("-1");
  await page.getByRole("button", { name: "Save targets" }).click();
  await marked(price, /a price cannot be below zero/i);
});

test("an incident cannot be merged into one that is none, and the field says so", async ({
  page,
  practice,
}) => {
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await open(page, practice, "/incidents");
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  await page.getByTestId("incident-acts").click();
  await page.getByRole("menuitem", { name: /^Merge/ }).click();
  const into = page.getByTestId("merge-into");
  await into.fill("4711");
  await page.getByRole("dialog").getByRole("button", { name: "Merge" }).click();
  await marked(into, /4711/);
  await into.fill("1");
  await expect(into).not.toHaveAttribute("aria-invalid", "true");
});
