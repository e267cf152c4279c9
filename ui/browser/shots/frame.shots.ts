import { expect, open, test } from "../harness";
import { busy, shoot } from "./shoot";

test("frame, palette, shortcuts and theme", async ({ page, full }) => {
  await busy(full);
  await shoot(page, "palette", async () => {
    await open(page, full, "/");
    await page.keyboard.press("Control+k");
  });
  await shoot(page, "palette-typed", () => page.keyboard.type("fail"));
  await shoot(page, "palette-nothing", () => page.keyboard.type("zzz"));
  await page.keyboard.press("Escape");
  await shoot(page, "shortcuts", () => page.keyboard.press("?"));
  await page.keyboard.press("Escape");
  await shoot(page, "theme-menu", () => page.getByRole("button", { name: /^Theme/ }).click());
  await page.keyboard.press("Escape");
  await shoot(page, "not-found", () => open(page, full, "/nowhere").catch(() => {}));
});

test("frame, focus", ({ page, full }) =>
  shoot(page, "focus", async () => {
    await open(page, full, "/chains");
    await page.getByTestId("tier-row-gpu").first().focus();
    await page.keyboard.press("Tab");
  }));

test("frame, without its token", ({ page, empty }) =>
  shoot(page, "sign-in", async () => {
    await page.goto(`${new URL(empty.url).origin}/`);
    await expect(page.getByText("This page needs its token")).toBeVisible();
  }));

test("frame, loading and errors", async ({ page, full }) => {
  const every = /\/rpc\//;
  await page.route(every, () => {});
  await shoot(page, "loading", () => page.goto(`${full.url}#/`));
  await page.unroute(every);
  await page.route(/\/rpc\/(series|config.get|practice)/, (route) =>
    route.fulfill({ status: 500, body: "{}" }),
  );
  await shoot(page, "errors-overview", () => open(page, full, "/"));
  await shoot(page, "errors-chains", () => open(page, full, "/chains"));
});

test("frame, an engine that is gone", async ({ page, practice }) => {
  const lost = page.getByText(/Not connected since/);
  await open(page, practice, "/");
  await expect(page.getByTestId("tier-card-gpu")).toBeVisible();
  await practice.kill();
  await shoot(page, "gone-overview", () => expect(lost).toBeVisible());
  await shoot(page, "gone-chains", () => page.getByTestId("nav-chains").click());
  await shoot(page, "gone-playground", () => page.getByTestId("nav-playground").click());
});
