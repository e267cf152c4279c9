import { open, settled, test } from "../harness";
import { busy, shoot, shootScreen } from "./shoot";

shootScreen("incidents");

test("incidents, one of them", async ({ page, full }) => {
  await busy(full);
  await shoot(page, "incident-full", async () => {
    await open(page, full, "/incidents");
    await page.getByTestId("incident-row").first().getByRole("link").first().click();
    await settled(page);
  });
});

test("incidents, the change-overs", ({ page, full }) =>
  shoot(page, "history", () => open(page, full, "/history")));
