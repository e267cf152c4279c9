/** Every screen at the sizes that people have: nothing is cut off sideways, whatever the zoom; and nothing moves for those who asked for that. */
import { expect, open, pathOf, SCREENS, test } from "./harness";

/** CSS pixels; 200 % zoom of a 1280x800 window leaves half of both. */
const SIZES = [
  { name: "1024x700", width: 1024, height: 700 },
  { name: "2560x1440", width: 2560, height: 1440 },
  { name: "1280x800 at 200 %", width: 640, height: 400 },
];

for (const { name, ...viewport } of SIZES) {
  test(`every screen fits ${name}`, async ({ page, full }) => {
    await page.setViewportSize(viewport);
    for (const screen of SCREENS) {
      await open(page, full, pathOf(screen));
      const over = await page.evaluate(() => {
        const main = document.querySelector("main");
        const root = document.documentElement;
        return {
          page: root.scrollWidth - root.clientWidth,
          screen: main ? main.scrollWidth - main.clientWidth : 0,
        };
      });
      expect(over, screen).toEqual({ page: 0, screen: 0 });
      await expect(page.getByTestId(`nav-${screen}`)).toBeVisible();
    }
  });
}

test("the lists of incidents and of change-overs can be read whole at 1024x700", async ({ page, full }) => {
  await page.setViewportSize({ width: 1024, height: 700 });
  for (const [path, row] of [
    ["/incidents", "incident-row"],
    ["/history", "history-row"],
  ] as const) {
    await open(page, full, path);
    await expect(page.getByTestId(row).first()).toBeVisible();
    const measured = await page.evaluate((id) => {
      const rows = [...document.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`)];
      const box = rows[0]?.closest("table")?.parentElement;
      const title = rows[0]?.querySelector<HTMLElement>("a");
      return {
        beyond: box ? box.scrollWidth - box.clientWidth : -1,
        highest: Math.max(...rows.map((one) => one.offsetHeight)),
        cut: title ? title.scrollWidth - title.clientWidth : -1,
      };
    }, row);
    expect(measured, path).toMatchObject({ beyond: 0, cut: 0 });
    // Two lines of a cell, three where an error is long.
    expect(measured.highest, path).toBeLessThan(100);
  }
});

test("nothing moves for those who asked for less motion", async ({ page, practice }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open(page, practice, "/");
  await page.getByTestId("tour-go").click();
  await expect(page.getByTestId("tour-repair")).toBeVisible();
  const moving = await page.evaluate(
    () =>
      document.getAnimations().filter(({ playState, effect }) => {
        const { duration, iterations } = effect?.getComputedTiming() ?? {};
        return playState === "running" && Number(duration) > 1 && Number(iterations) > 1;
      }).length,
  );
  expect(moving).toBe(0);
});
