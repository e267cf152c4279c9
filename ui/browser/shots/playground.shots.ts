import { expect, ModelServer, open, test } from "../harness";
import { busy, shoot, shootScreen, shootSizes } from "./shoot";

shootScreen("playground");

test("playground, answers", async ({ page, full }) => {
  await busy(full);
  const ask = async () => {
    await open(page, full, "/playground?chain=practice&other=cpu");
    await page.getByTestId("prompt").fill("Why is the sky blue?");
    await page.getByTestId("playground-send").click();
    await page.getByTestId("why").nth(1).waitFor();
  };
  await shoot(page, "playground-answers", ask);
  await shoot(page, "playground-answers-below", async () => {
    await page.getByTestId("why").last().scrollIntoViewIfNeeded();
  });
  await shootSizes(page, "playground-answers", ask);
});

test("playground, no answer and wrong values", async ({ page, practice }) => {
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  await shoot(page, "playground-failed", async () => {
    await open(page, practice, "/playground?tier=gpu");
    await page.getByTestId("prompt").fill("Hello");
    await page.getByTestId("playground-send").click();
    await page.getByTestId("why").waitFor();
    await page.getByTestId("why").scrollIntoViewIfNeeded();
  });
  await shoot(page, "playground-wrong", async () => {
    await page.getByTestId("prompt").fill("");
    await page.getByLabel("Most output tokens").fill("none");
    await page.getByTestId("playground-send").click();
  });
});

test("playground, while it streams", async ({ page, practice }) => {
  const server = await new ModelServer("and on", true).start();
  await practice.change((document) => ({
    ...document,
    chains: document.chains.map((chain) => ({
      ...chain,
      tiers: chain.tiers.map((tier) => ({ ...tier, provider: "vllm" as const, url: server.url })),
    })),
  }));
  await shoot(page, "playground-streaming", async () => {
    await open(page, practice, "/playground?tier=cpu");
    await page.getByTestId("prompt").fill("Hello");
    await page.getByTestId("playground-send").click();
    await expect(page.getByTestId("answer-text")).toContainText("and on and on");
  });
  await server.stop();
});

test("playground, a fault for one of two requests", async ({ page, practice }) => {
  await shoot(page, "playground-fault", async () => {
    await open(page, practice, "/playground?other=&fault=cut&fault_tier=gpu");
    await page.getByTestId("prompt").fill("Why is the sky blue?");
    await page.getByTestId("playground-send").click();
    await page.getByTestId("why").nth(1).waitFor();
  });
});
