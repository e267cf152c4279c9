import { open, test } from "../harness";
import { busy, shoot, shootScreen } from "./shoot";

shootScreen("playground");

test("playground, answers", async ({ page, full }) => {
  await busy(full);
  await shoot(page, "playground-answers", async () => {
    await open(page, full, "/playground?chain=practice&other=cpu");
    await page.getByTestId("prompt").fill("Why is the sky blue?");
    await page.getByTestId("playground-send").click();
    await page.getByTestId("why").nth(1).waitFor();
  });
});
