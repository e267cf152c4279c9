/** The trigger matrix of a tier: wrong values land on their field, right ones are in force once applied. */
import { expect, open, test } from "./harness";

test("a tier's triggers are set, corrected and applied", async ({ page, practice }) => {
  await open(page, practice, "/chains");
  await page.getByTestId("tier-edit-gpu").click();
  await page.getByTestId("advanced").click();
  const first = page.getByTestId("field-triggers.first_token_above");
  await first.fill("5");
  await page.getByTestId("tier-save").click();
  await expect(page.getByText("Write a number with a unit", { exact: false })).toBeVisible();
  await first.fill("0s");
  await page.getByTestId("tier-save").click();
  await expect(page.getByText("Every answer takes longer than zero: write for example 5s.")).toBeVisible();
  await expect(first).toHaveAttribute("aria-invalid", "true");
  await expect(first).toBeFocused();
  await first.fill("4s");
  await page.getByTestId("field-triggers.rate_limited").click();
  await page.getByTestId("field-triggers.impact.gpu").click();
  await page.getByRole("option", { name: "High" }).click();
  await page.getByTestId("tier-save").click();
  await expect(page.getByTestId("tier-save")).toBeHidden();
  await page.getByRole("button", { name: "Review and apply" }).click();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  const triggers = async () => {
    const { document } = await practice.rpc("config.get", null);
    return document.chains[0]?.tiers[0]?.triggers;
  };
  await expect.poll(triggers).toMatchObject({
    first_token_above: "4s",
    rate_limited: false,
    gpu: true,
    impact: { gpu: "high" },
  });
});
