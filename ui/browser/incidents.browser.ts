/** An incident, from the alert that told of it to its end. */
import { expect, open, test } from "./harness";

test("an incident is told, listed, worked on, and closes with its times", async ({ page, practice }) => {
  await open(page, practice, "/incidents");
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  const answer = await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  expect(answer.tier).toBe("second-gpu");
  const row = page.getByTestId("incident-row").first();
  await expect(row).toContainText("gpu");
  await expect(page.getByTestId("nav-incidents")).toContainText("1");
  await row.getByRole("link").first().click();
  await expect(page.getByTestId("incident-timeline-entry").first()).toBeVisible();
  await page.getByTestId("incident-ack").click();
  await expect(page.getByText("operator (browser)").first()).toBeVisible();

  await practice.rpc("practice.set", { name: "gpu", failing: false });
  await practice.until("the incident is closed", ({ open_incidents }) => open_incidents === 0);
  await expect(page.getByTestId("incident-times")).toContainText(/Restored/);

  await open(page, practice, "/settings?section=alerts");
  await expect(page.getByText(/gpu/).first()).toBeVisible();
});

test("a runbook's button gives the order, ticks the step, and the tiers then are shown", async ({
  page,
  practice,
}) => {
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await open(page, practice, "/incidents");
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  const why = page.getByTestId("incident-why");
  await expect(why).toContainText("second-gpu");
  await expect(why.getByText("Answered", { exact: true })).toBeVisible();
  await expect(page.getByTestId("incident-around")).toContainText("Errors by class");

  const book = page.getByTestId("incident-runbook");
  await book.getByRole("combobox").click();
  await page.getByRole("option", { name: /Provider outage/ }).click();
  await book.getByTestId("step-act-pin").click();
  await expect(page.getByTestId("order-why")).toHaveValue(/Provider outage, step 6/);
  await page.getByTestId("order-give").click();
  const timeline = page.getByTestId("incident-timeline-entry");
  await expect(timeline.filter({ hasText: /second-gpu: pinned for a time: Incident/i })).toHaveCount(1);
  await expect(timeline.filter({ hasText: "Keep traffic where it answers." })).toHaveCount(1);
  await expect(timeline.filter({ hasText: "act:pin" })).toHaveCount(0);
  const { chains } = await practice.rpc("overview", null);
  expect(chains.find(({ name }) => name === "practice")?.pin?.tier).toBe("second-gpu");
});
