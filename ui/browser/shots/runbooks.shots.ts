import { open, test } from "../harness";
import { shoot, shootScreen } from "./shoot";

shootScreen("runbooks");

test("runbooks, the editor", ({ page, full }) =>
  shoot(page, "runbook-editor", async () => {
    await open(page, full, "/runbooks");
    await page.getByRole("button", { name: "New runbook" }).click();
    await page.getByTestId("runbook-save").click();
  }));
