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

test("a year of incidents is listed, and each opens", async ({ page, full }) => {
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

for (const [path, row, oldest] of [
  ["/history", "history-row", "#1"],
  ["/incidents", "incident-row", "chat"],
] as const) {
  test(`the whole list of ${path} is scrolled through, with few of its rows in the page`, async ({
    page,
    full,
  }) => {
    await open(page, full, path);
    const rows = page.getByTestId(row);
    await expect(rows.first()).toBeVisible();
    const content = page.locator("#content");
    const most = { rows: 0 };
    await expect
      .poll(
        async () => {
          most.rows = Math.max(most.rows, await rows.count());
          await content.evaluate((element) => element.scrollTo(0, element.scrollHeight));
          return page.getByTestId("list-foot").textContent();
        },
        { intervals: [100], timeout: 60_000 },
      )
      .toMatch(/^[\d,.]+ in all$/);
    expect(most.rows).toBeGreaterThan(5);
    expect(most.rows).toBeLessThan(80);
    // The oldest stands at the very end.
    await content.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(rows.last()).toContainText(oldest);
  });
}
