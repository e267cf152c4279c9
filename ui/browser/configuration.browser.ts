/** The configuration's ways in and out: templates, files, revisions, and what a review says before it is applied. */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { type Daemon, expect, ModelServer, open, test } from "./harness";

const chainsOf = async (daemon: Daemon) => {
  const { document } = await daemon.rpc("config.get", null);
  return document.chains.map(({ name, tiers }) => `${name}: ${tiers.map((tier) => tier.name).join(", ")}`);
};

const apply = async (page: Page) => {
  await page.getByTestId("review").click();
  await page.getByTestId("apply").click();
  await expect(page.getByTestId("draft-bar")).toHaveCount(0);
};

test("a template becomes a chain once its models are filled in", async ({ page, practice }) => {
  await practice.change((document) => ({ ...document, chains: [] }));
  await open(page, practice, "/chains");
  await page.getByTestId("template-clouds").click();
  await page.getByTestId("review").click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("The draft cannot be applied yet")).toBeVisible();
  await expect(page.getByTestId("apply")).toBeDisabled();
  await page.getByRole("button", { name: "Back to the draft" }).click();
  for (const [tier, model] of [
    ["local", "llama3.1:8b"],
    ["cloud", "gpt-4o-mini"],
    ["other-cloud", "claude-sonnet-4-5"],
  ] as const) {
    await page.getByTestId(`tier-edit-${tier}`).click();
    await dialog.getByLabel("Model", { exact: true }).fill(model);
    await dialog.getByTestId("tier-save").click();
    await expect(dialog).toHaveCount(0);
  }
  await apply(page);
  expect(await chainsOf(practice)).toEqual(["chat: local, cloud, other-cloud"]);
});

test("what was exported is imported again from its file, as a draft", async ({ page, practice }) => {
  await open(page, practice, "/chains");
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(saved.suggestedFilename()).toMatch(/\.yaml$/);
  const yaml = readFileSync(await saved.path(), "utf8");
  expect(yaml).toContain("practice://second-gpu");
  await page.getByRole("button", { name: "Import" }).click();
  const file = { name: "mine.yaml", mimeType: "text/yaml", buffer: Buffer.from("chains: nowhere\n") };
  const pick = page.getByLabel("Choose a file");
  await pick.setInputFiles(file);
  await page.getByTestId("import-read").click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("chains");
  await pick.setInputFiles({
    ...file,
    buffer: Buffer.from(yaml.replace("name: practice", "name: rehearsal")),
  });
  await page.getByTestId("import-read").click();
  await expect(page.getByTestId("draft-bar")).toContainText("Draft with 1 change");
  expect(await chainsOf(practice)).toEqual(["practice: gpu, second-gpu, cpu"]);
  await apply(page);
  expect(await chainsOf(practice)).toEqual(["rehearsal: gpu, second-gpu, cpu"]);
});

const LITELLM = `model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://example.openai.azure.com
      api_key: os.environ/AZURE_API_KEY
      rpm: 6
  - model_name: fallback
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_key: os.environ/ANTHROPIC_API_KEY
router_settings:
  fallbacks: [{"gpt-4o": ["fallback"]}]
`;

test("a LiteLLM file becomes chains, and what is not carried over is said", async ({ page, practice }) => {
  await open(page, practice, "/chains");
  await page.getByRole("button", { name: "Import" }).click();
  await page.getByTestId("import-yaml").fill(LITELLM);
  await page.getByTestId("import-read").click();
  await expect(page.getByRole("dialog")).toContainText("model_list[0].litellm_params.rpm");
  await page.getByTestId("import-done").click();
  await apply(page);
  expect(await chainsOf(practice)).toEqual(["gpt-4o: azure, anthropic", "fallback: anthropic"]);
  const { document } = await practice.rpc("config.get", null);
  expect(document.chains[0]?.tiers[0]).toMatchObject({ provider: "azure", key: "env:AZURE_API_KEY" });
});

test("an earlier revision is restored from the list, as the newest", async ({ page, practice }) => {
  await open(page, practice, "/chains");
  await page.getByTestId("tier-down-gpu").click();
  await expect.poll(() => chainsOf(practice)).toEqual(["practice: second-gpu, gpu, cpu"]);
  const { revision } = await practice.rpc("config.get", null);
  await page.getByTestId("revisions").click();
  await page.getByRole("button", { name: `Restore revision ${revision - 1}` }).click();
  await expect(page.getByTestId(`revision-${revision + 1}`)).toContainText("In force");
  expect(await chainsOf(practice)).toEqual(["practice: gpu, second-gpu, cpu"]);
  await page.keyboard.press("Escape");
  await expect(page.getByTestId(/^tier-row-/).first()).toHaveAttribute("data-testid", "tier-row-gpu");
});

test("a review says what follows, and how the newest requests would have gone", async ({
  page,
  practice,
}) => {
  // What was not checked yet is passed over, and the dry run knows it.
  await practice.until(
    "every tier may serve",
    ({ chains }) => !!chains[0]?.tiers.every((tier) => tier.may_serve),
  );
  for (let sent = 0; sent < 3; sent++)
    await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await open(page, practice, "/chains");
  await page.getByLabel("gpu enabled", { exact: true }).click();
  await page.getByTestId("review").click();
  await expect(page.getByTestId("dry-run")).toContainText("practice, 3 requests:");
  await expect(page.getByTestId("dry-run")).toContainText("3 are answered by second-gpu instead of gpu");
  await page.keyboard.press("Escape");
  await page.getByLabel("second-gpu enabled").click();
  await page.getByTestId("review").click();
  await expect(page.getByTestId("follows")).toContainText("cpu is the only tier in service");
  await expect(page.getByTestId("dry-run")).toContainText("3 are answered by cpu instead of gpu");
});

test("a new chain starts from a template beside the others", async ({ page, practice }) => {
  await open(page, practice, "/chains");
  await page.getByTestId("add-chain").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByTestId("starts-with").click();
  await page.getByRole("option", { name: "GPU → second GPU → CPU" }).click();
  await dialog.getByLabel("Name", { exact: true }).fill("rack");
  await dialog.getByTestId("chain-save").click();
  const chain = page.getByTestId("chain-rack");
  await expect(chain.getByTestId(/^tier-row-/)).toHaveCount(3);
  await expect(chain.getByTestId("tier-row-gpu-2")).toContainText("no model yet");
  expect(await chainsOf(practice)).toEqual(["practice: gpu, second-gpu, cpu"]);
});

test("a tier's form says whether a server answers at the address", async ({ page, practice }) => {
  const server = await new ModelServer("Hello").start();
  await open(page, practice, "/chains");
  await page.getByTestId("add-tier-practice").click();
  const reach = page.getByTestId("reach-0");
  await page.getByTestId("field-replicas.0.url").fill(server.url);
  await expect(reach).toHaveText("A server answers there, with 1 model.");
  await server.stop();
  await page.getByTestId("field-replicas.0.url").fill(`${server.url}/v1`);
  await expect(reach).toContainText(/^Not reached: Connection to 127\.0\.0\.1:\d+ refused/);
});
