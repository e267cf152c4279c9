/** A new user's first minutes: a server of their own becomes a chain, and a failover is seen without one. */
import { expect, ModelServer, open, test } from "./harness";

test("a server of this machine becomes a chain in one click, a review and an apply", async ({
  page,
  practice,
}) => {
  const server = await new ModelServer("Hello from my own server.").start();
  await open(page, practice, "/");
  const panel = page.getByTestId("first-servers");
  const port = new URL(server.url).port;
  await panel.getByTestId("other-ports").fill(port);
  await panel.getByRole("button", { name: "Look there" }).click();
  await expect(panel.getByTestId(`found-${port}`)).toContainText("vLLM");
  // Whatever else this machine runs stays out.
  for (const server of await panel.getByRole("switch").all()) {
    if (!(await server.getAttribute("aria-label"))?.endsWith(port)) await server.click();
  }
  await panel.getByTestId("propose-chain").click();
  await expect(page.getByText(/Chain chat is added, with tiers vllm/)).toBeVisible();
  await page.getByTestId("apply").click();
  await practice.until("the new chain answers", ({ chains }) =>
    chains.some(({ name, serving }) => name === "chat" && serving === "vllm"),
  );
  const answer = await fetch(`${practice.endpoint}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "whatever", messages: [{ role: "user", content: "Hello" }] }),
  });
  expect(await answer.text()).toContain("Hello from my own server.");
  await open(page, practice, "/");
  await expect(panel).toHaveCount(0);
  await server.stop();
});

test("one click shows a failover, its incident and its recovery time", async ({ page, practice }) => {
  await open(page, practice, "/");
  await page.getByTestId("tour-go").click();
  const steps = page.getByTestId("tour-steps");
  await expect(steps).toContainText("gpu refuses connections");
  await expect(steps).toContainText("second-gpu answered instead");
  await expect(steps).toContainText(/Incident \d+ was opened/);
  await page.getByTestId("tour-repair").click();
  await expect(steps).toContainText(/gpu answers again; recovery took/, { timeout: 60_000 });
});

test("the endpoint is ready to paste for each kind of client", async ({ page, practice }) => {
  await open(page, practice, "/");
  const snippet = page.getByTestId("snippet");
  await expect(snippet).toContainText(`${practice.endpoint}/v1/chat/completions`);
  for (const [client, text] of [
    ["OpenAI SDK, Node", "new OpenAI("],
    ["Anthropic SDK, Python", "from anthropic import Anthropic"],
    ["Claude Code", "ANTHROPIC_BASE_URL"],
    ["Codex", "wire_api"],
    ["Ollama client, Python", "from ollama import Client"],
  ] as const) {
    await page.getByTestId("snippet-client").click();
    await page.getByRole("option", { name: client, exact: true }).click();
    await expect(snippet).toContainText(text);
  }
});
