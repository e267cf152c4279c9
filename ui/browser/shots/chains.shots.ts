import { open, test } from "../harness";
import { shoot, shootScreen } from "./shoot";

shootScreen("chains");

test("chains, a tier's form", async ({ page, full }) => {
  const advanced = async (field: string) => {
    await open(page, full, "/chains");
    await page.getByTestId("tier-edit-gpu").first().click();
    await page.getByTestId("advanced").click();
    await page.getByTestId(field).scrollIntoViewIfNeeded();
  };
  await shoot(page, "tier-form", () => advanced("field-replicas.0.restart.way"));
  await shoot(page, "trigger-matrix", () => advanced("field-triggers.first_token_above"));
});

test("chains, a review", ({ page, full }) =>
  shoot(page, "review", async () => {
    await open(page, full, "/chains");
    const enabled = page.getByLabel("laptop enabled");
    if (await enabled.isChecked()) await enabled.click();
    await page.getByTestId("review").click();
  }));
