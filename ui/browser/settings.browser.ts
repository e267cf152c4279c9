/** Settings against the real engine: the endpoint's address and the keys that its clients present. */
import { expect, open, test } from "./harness";

const models = (endpoint: string, key?: string) =>
  fetch(`${endpoint}/v1/models`, { headers: key ? { authorization: `Bearer ${key}` } : {} }).then(
    ({ status }) => status,
    () => 0,
  );

test("a client's key made here is asked for from then on, and no more once it is removed", async ({
  page,
  practice,
}) => {
  await open(page, practice, "/settings?section=endpoint");
  expect(await models(practice.endpoint)).toBe(200);
  await page.getByTestId("client-key-add").click();
  await page.getByTestId("client-key-name").fill("build");
  await page.getByTestId("client-key-make").click();
  const key = await page.getByTestId("client-key").textContent();
  expect(await models(practice.endpoint)).toBe(401);
  expect(await models(practice.endpoint, key ?? "")).toBe(200);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Remove the key of build" }).click();
  await page.getByRole("button", { name: "Remove key" }).click();
  await expect(page.getByTestId("client-key-build")).toHaveCount(0);
  expect(await models(practice.endpoint)).toBe(200);
});

test("an address that is none is refused at its field, and nothing changes", async ({ page, practice }) => {
  const written = async () => (await practice.rpc("config.get", null)).document.endpoint.listen;
  await open(page, practice, "/settings?section=endpoint");
  const before = await written();
  await page.getByTestId("endpoint-listen").fill("port 4000");
  await page.getByTestId("endpoint-save").click();
  await expect(page.getByTestId("endpoint-listen")).toHaveAttribute("aria-invalid", "true");
  expect(await written()).toBe(before);
  await page.getByTestId("endpoint-listen").fill("127.0.0.1:4001");
  await page.getByTestId("endpoint-save").click();
  await expect.poll(written).toBe("127.0.0.1:4001");
  await expect(page.getByTestId("endpoint-save")).toBeDisabled();
});
