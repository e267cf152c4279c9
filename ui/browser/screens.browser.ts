/** Every screen, with nothing in it and with a year of history, light and dark: it shows, and axe finds nothing. */
import { expect, open, pathOf, SCREENS, settled, test } from "./harness";
import { violations } from "./harness/axe";

for (const screen of SCREENS) {
  for (const state of ["empty", "full"] as const) {
    test(`${screen}, ${state}, has nothing that axe finds fault with, light and dark`, async ({
      page,
      empty,
      full,
    }) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await open(page, { empty, full }[state], pathOf(screen));
        await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
        expect(await violations(page), `${colorScheme}`).toEqual([]);
      }
    });
  }
}

test("a year of incidents is listed page by page, and each opens", async ({ page, full }) => {
  await open(page, full, "/incidents");
  const { total } = await full.rpc("incidents", { limit: 1, offset: 0, filter: null });
  expect(total).toBeGreaterThan(250);
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  await settled(page);
  await expect(page.getByText(/Fault began/).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test("a year's report has figures", async ({ page, full }) => {
  await open(page, full, "/reports");
  await expect(page.getByText(/%/).first()).toBeVisible();
});
