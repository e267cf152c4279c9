import { expect, open, test } from "../harness";
import { busy, shoot, shootScreen, shootSizes } from "./shoot";

shootScreen("overview");

test("overview, sizes", async ({ page, full }) => {
  await busy(full);
  await shootSizes(page, "overview", () => open(page, full, "/"));
});

test("overview while a tier fails", async ({ page, full }) => {
  await busy(full);
  const show = () => open(page, full, "/?chain=practice");
  await shoot(page, "overview-failing", show);
  await shoot(page, "overview-failing-below", async () => {
    await show();
    await page.getByTestId("changeover-row").last().scrollIntoViewIfNeeded();
  });
  await shoot(page, "overview-orders", async () => {
    await open(page, full, "/?chain=practice");
    await page.getByTestId("chain-orders-practice").click();
  });
  await shoot(page, "overview-pin", async () => {
    await page.keyboard.press("Escape");
    await page.getByTestId("pin-practice").click();
  });
});

test("overview, a tier's figures", ({ page, full }) =>
  shoot(page, "overview-figures", async () => {
    await open(page, full, "/");
    await page.getByTestId("figures-open-gpu").click();
    await expect(page.getByText("7 days").last()).toBeVisible();
  }));

test("overview of a first run", async ({ page, practice }) => {
  await shoot(page, "overview-first-run", () => open(page, practice, "/"));
  await shoot(page, "overview-tour", async () => {
    await page.getByTestId("tour-go").click();
    await expect(page.getByTestId("tour-steps")).toContainText(/Incident \d+ was opened/);
  });
  await shoot(page, "overview-exhausted", async () => {
    for (const name of ["second-gpu", "cpu"]) await practice.rpc("practice.set", { name, failing: true });
    await practice.until("nobody answers", ({ chains }) => chains[0]?.serving === null);
  });
});
