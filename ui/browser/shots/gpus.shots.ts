import { open, test } from "../harness";
import { shoot, shootScreen } from "./shoot";

shootScreen("gpus");

test("gpus, a host is added", ({ page, full }) =>
  shoot(page, "gpu-host", async () => {
    await open(page, full, "/gpus");
    await page.getByTestId("gpu-host-add").click();
  }));
