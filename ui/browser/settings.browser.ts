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

test("what is wrong with an alert channel stands at its fields, and goes as each is mended", async ({
  page,
  practice,
}) => {
  const channels = async () => (await practice.rpc("config.get", null)).document.alerts.email;
  await open(page, practice, "/settings?section=alerts");
  await page.getByRole("button", { name: "Add mail" }).click();
  const dialog = page.getByRole("dialog");
  const field = (name: string) => dialog.getByLabel(name, { exact: true });
  const wrong = (name: string) => expect(field(name)).toHaveAttribute("aria-invalid", "true");
  const well = (name: string) => expect(field(name)).not.toHaveAttribute("aria-invalid", "true");
  const save = () => dialog.getByRole("button", { name: "Save channel" }).click();
  await field("Name").fill("on-call");
  await field("Mail server").fill("mail server");
  await field("User").fill("ops");
  await field("Sender").fill("changeover@example.org");
  await field("Receivers").fill("ops@example.org, nobody");
  await save();
  for (const name of ["Mail server", "Password", "Receivers"]) await wrong(name);
  for (const name of ["Name", "Port", "User", "Sender"]) await well(name);
  await expect(field("Mail server")).toBeFocused();
  await expect(field("Receivers")).toHaveAccessibleDescription(/.nobody. is no mail address/);
  expect(await channels()).toEqual([]);

  await field("Mail server").fill("localhost");
  await well("Mail server");
  await wrong("Receivers");
  await field("Password").fill("env:SMTP_PASSWORD");
  await field("Receivers").fill("ops@example.org");
  await field("Port").fill("70000");
  await save();
  await wrong("Port");
  await field("Port").fill("587");
  await save();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId("alert-matrix")).toContainText("on-call");
  expect(await channels()).toMatchObject([{ name: "on-call", server: "localhost", to: ["ops@example.org"] }]);

  // The name of the first is taken: said at the second's, whose place in the list is another.
  await page.getByRole("button", { name: "Add mail" }).click();
  await field("Name").fill("on-call");
  await field("Mail server").fill("localhost");
  await field("Sender").fill("changeover@example.org");
  await field("Receivers").fill("ops@example.org");
  await save();
  await wrong("Name");
  await well("Mail server");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await page.getByLabel("Hold for flapping").fill("soon");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByLabel("Hold for flapping")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Hold for flapping").fill("5m");
  await page.getByLabel("Remind every").fill("5s");
  await page.getByRole("button", { name: "Save rules" }).click();
  await expect(page.getByLabel("Remind every")).toHaveAttribute("aria-invalid", "true");
});
