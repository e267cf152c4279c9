import { open, test } from "../harness";
import { busy, shoot, shootScreen } from "./shoot";

shootScreen("overview");

test("overview while a tier fails", async ({ page, full }) => {
  await busy(full);
  await shoot(page, "overview-failing", () => open(page, full, "/?chain=practice"));
});

test("overview of a first run", ({ page, practice }) =>
  shoot(page, "overview-first-run", () => open(page, practice, "/")));
