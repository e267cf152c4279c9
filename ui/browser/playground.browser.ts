/** The playground over HTTP: streaming, reasons, a forced tier, two side by side. */
import { expect, ModelServer, open, test } from "./harness";

test("two are asked side by side, and each says who answered and why", async ({ page, practice }) => {
  await open(page, practice, "/playground");
  await page.getByTestId("compare").click();
  await page.getByTestId("through-second").click();
  await page.getByRole("option", { name: "Only cpu" }).click();
  await page.getByTestId("prompt").fill("Why is the sky blue?");
  await page.keyboard.press("Control+Enter");
  const first = page.getByTestId("answer-first");
  const second = page.getByTestId("answer-second");
  await expect(first.getByTestId("run-state")).toHaveText("Answered by gpu");
  await expect(first.getByTestId("answer-text")).toContainText("simulated answer from the GPU server");
  await expect(second.getByTestId("run-state")).toHaveText("Answered by cpu");
  await expect(second.getByTestId("why")).toContainText("another tier was asked for");
  await expect(page).toHaveURL(/other=cpu/);
});

test("a tier that is down shows its error, the chain the tier that stepped in", async ({
  page,
  practice,
}) => {
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  await open(page, practice, "/playground?tier=gpu&other=");
  await page.getByTestId("prompt").fill("Hello");
  await page.getByTestId("playground-send").click();
  await expect(page.getByTestId("answer-first").getByTestId("run-state")).toHaveText("No answer");
  await expect(page.getByTestId("answer-first").getByTestId("why")).toContainText("Refused");
  await expect(page.getByTestId("answer-second").getByTestId("run-state")).toHaveText(
    "Answered by second-gpu",
  );
});

test("a fault is met by one request, which says so, and by no other", async ({ page, practice, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page, practice, "/playground");
  await page.getByTestId("fault").click();
  await page.getByRole("option", { name: "Answer with an error status" }).click();
  await page.getByTestId("fault-tier").click();
  await page.getByRole("option", { name: "gpu", exact: true }).click();
  await page.getByTestId("prompt").fill("Why is the sky blue?");
  await page.getByTestId("fault-number").fill("999");
  await expect(page.getByText("Write a whole number from 400 to 599.")).toBeVisible();
  await page.getByTestId("playground-send").click();
  await page.getByTestId("fault-number").fill("500");
  await expect(page).toHaveURL(/fault=status.*fault_tier=gpu.*fault_number=500/);
  const answer = page.getByTestId("answer-first");
  await expect(answer.getByTestId("run-state")).toHaveCount(0);
  await page.getByTestId("playground-send").click();
  await expect(answer.getByTestId("run-state")).toHaveText("Answered by second-gpu");
  const note = answer.getByTestId("fault-note");
  await expect(note).toContainText("Fault injected at gpu: status 500");
  await expect(note).toContainText("A client would have seen the whole answer of second-gpu");
  const why = answer.getByTestId("why");
  await expect(why).toContainText("failed, by the injected fault");
  await expect(why).toContainText("fault injected: status 500");

  await answer.getByRole("button", { name: "Copy as curl" }).click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  expect(curl).toContain("/v1/chat/completions");
  expect(curl).not.toContain("fault");

  // Beside it the same request without the fault; the choice outlives a reload.
  await page.reload();
  await expect(page.getByTestId("fault-number")).toHaveValue("500");
  await page.getByTestId("compare").click();
  await page.getByTestId("through-second").click();
  await page.getByRole("option", { name: "The chain, as a client would" }).click();
  await page.getByTestId("prompt").fill("Why is the sky blue?");
  await page.getByTestId("playground-send").click();
  await expect(answer.getByTestId("run-state")).toHaveText("Answered by second-gpu");
  const second = page.getByTestId("answer-second");
  await expect(second.getByTestId("run-state")).toHaveText("Answered by gpu");
  await expect(second.getByTestId("fault-note")).toHaveCount(0);

  await page.getByTestId("fault").click();
  await page.getByRole("option", { name: "Cut the answer off" }).click();
  await page.getByTestId("playground-send").click();
  await expect(answer.getByTestId("run-state")).toHaveText("The answer broke off");
  await expect(note).toContainText("the beginning of an answer by gpu, and then an error");
  await expect(why).toContainText("failed, by the injected fault");
  await expect(why.getByText("answered", { exact: true })).toHaveCount(0);

  await page.getByTestId("fault").click();
  await page.getByRole("option", { name: "None" }).click();
  await expect(page).not.toHaveURL(/fault/);
  await page.getByTestId("playground-send").click();
  await expect(answer.getByTestId("run-state")).toHaveText("Answered by gpu");
  await expect(answer.getByTestId("fault-note")).toHaveCount(0);
});

test("an answer is stopped, and what came of it stays", async ({ page, practice }) => {
  const server = await new ModelServer("and on", true).start();
  await practice.change((document) => ({
    ...document,
    chains: document.chains.map((chain) => ({
      ...chain,
      tiers: chain.tiers.map((tier) => ({ ...tier, provider: "vllm" as const, url: server.url })),
    })),
  }));
  await open(page, practice, "/playground?tier=cpu");
  await page.getByTestId("prompt").fill("Hello");
  await page.getByTestId("playground-send").click();
  const answer = page.getByTestId("answer-first");
  await expect(answer.getByTestId("answer-text")).toContainText("and on and on");
  await page.getByTestId("playground-stop").click();
  await expect(answer.getByTestId("run-state")).toHaveText("Stopped");
  await expect(answer.getByTestId("answer-text")).toContainText("and on and on");
  await server.stop();
});

test("an empty prompt and a wrong bound are marked at their fields", async ({ page, practice }) => {
  await open(page, practice, "/playground");
  await page.getByTestId("playground-send").click();
  await expect(page.getByText("Write a prompt.")).toBeVisible();
  await page.getByLabel("Most output tokens").fill("none");
  await expect(page.getByText(/Write a whole number of 1 or more/)).toBeVisible();
});
