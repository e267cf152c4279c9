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
