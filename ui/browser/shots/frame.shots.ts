import { open, test } from "../harness";
import { shoot } from "./shoot";

test("frame, the palette", ({ page, full }) =>
  shoot(page, "palette", async () => {
    await open(page, full, "/");
    await page.keyboard.press("Control+k");
  }));
