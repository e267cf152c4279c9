/** A hundred thousand incidents and a million change-overs: the lists show their begin, middle and end, a page at a time. */
import type { Page } from "@playwright/test";
import { test as base, Daemon, expect, open } from "./harness";

const INCIDENTS = 100_000;
const CHANGES = 1_000_000;
const DAY = 86_400_000;
/** More than one answer may hold, and more rows than the page may ever have. */
const PAGE_ROWS = 100;
const MOST_ROWS = 80;

const test = base.extend<object, { many: Daemon }>({
  many: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what is needed from it
    async ({}, use) => {
      const daemon = await new Daemon().withRows(INCIDENTS, CHANGES);
      await daemon.start();
      await use(daemon);
      await daemon.end();
    },
    { scope: "worker", timeout: 300_000 },
  ],
});

// One after the other in one worker: to make the rows takes longer than to scroll through them.
test.describe.configure({ mode: "default" });

/** The numbers of the rows that are in the page, from the top. */
const numbers = (page: Page, row: string) =>
  page
    .getByTestId(row)
    .evaluateAll((rows) =>
      rows.map(({ textContent }) => Number(/ (\d+) of \d+/.exec(textContent ?? "")?.[1])),
    );

/** Scrolls to the end of what is there again and again, until `enough`; says what was seen on the way. */
async function scroll(page: Page, row: string, enough: (lowest: number, foot: string) => boolean) {
  const content = page.locator("#content");
  await expect
    .poll(
      async () => {
        const shown = await numbers(page, row);
        expect(shown.length).toBeLessThan(MOST_ROWS);
        // None is missing, none is there twice.
        expect(shown).toEqual(shown.map((_, at) => (shown[0] ?? 0) - at));
        await content.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        return enough(shown.at(-1) ?? Number.NaN, (await page.getByTestId("list-foot").textContent()) ?? "");
      },
      { intervals: [50], timeout: 100_000 },
    )
    .toBe(true);
}

/** A day as a field for dates holds it. */
const day = (ms: number) => {
  const date = new Date(ms);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((n) => String(n).padStart(2, "0"))
    .join("-");
};

for (const { path, row, command, total } of [
  { path: "/incidents", row: "incident-row", command: "incidents", total: INCIDENTS },
  { path: "/history", row: "history-row", command: "history", total: CHANGES },
]) {
  test(`${total} rows of ${path} are scrolled through from the begin, the middle and to the end`, async ({
    page,
    many,
  }) => {
    test.setTimeout(300_000);
    const answers: number[] = [];
    page.on("response", async (response) => {
      if (!response.url().endsWith(`/rpc/${command}`)) return;
      const answer = await response.json().catch(() => ({}));
      answers.push((answer.incidents ?? answer.changes ?? []).length);
    });
    await open(page, many, path);
    const first = page.getByTestId(row).first();
    await expect(first).toContainText(`${total} of ${total}`);
    await expect(page.getByTestId("list-foot")).toContainText(total.toLocaleString("en"));
    await scroll(page, row, (lowest) => lowest <= total - 3_000);

    const perDay = total / 730;
    await page.getByTestId("until").fill(day(Date.now() - 365 * DAY));
    await expect
      .poll(async () => Math.abs(((await numbers(page, row))[0] ?? 0) - total / 2))
      .toBeLessThan(2 * perDay);
    const [middle = 0] = await numbers(page, row);
    await scroll(page, row, (lowest) => lowest <= middle - 1_000);

    await page.getByTestId("until").fill(day(Date.now() - 729 * DAY));
    await scroll(page, row, (lowest, foot) => lowest === 1 && / in all$/.test(foot));
    expect(answers.length).toBeGreaterThan(40);
    expect(Math.max(...answers)).toBe(PAGE_ROWS);
  });
}
