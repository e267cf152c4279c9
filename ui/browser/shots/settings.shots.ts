import { open, test } from "../harness";
import { shoot, shootScreen } from "./shoot";

shootScreen("settings");

test("settings, its sections", async ({ page, full }) => {
  for (const section of ["endpoint", "keys", "alerts", "targets", "data", "about"]) {
    await shoot(page, `settings-${section}`, () => open(page, full, `/settings?section=${section}`));
  }
});

test("settings, wrong values", ({ page, full }) =>
  shoot(page, "settings-wrong", async () => {
    await open(page, full, "/settings?section=targets");
    await page.getByLabel("API routing, Back within (RTO)").fill("soon");
    await page
      .getByLabel(/^chat \/ gpu, /)
      .first()
      .fill("a lot");
  }));

test("settings, a client key", ({ page, full }) =>
  shoot(page, "client-key", async () => {
    await open(page, full, "/settings?section=endpoint");
    await page.getByTestId("client-key-add").click();
    await page.getByTestId("client-key-make").click();
  }));
