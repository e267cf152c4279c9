/** An incident, from the alert that told of it to its end. */
import { Daemon, expect, ModelServer, open, test } from "./harness";

test("an incident is told, listed, worked on, and closes with its times", async ({ page, practice }) => {
  await open(page, practice, "/incidents");
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  const answer = await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  expect(answer.tier).toBe("second-gpu");
  const row = page.getByTestId("incident-row").first();
  await expect(row).toContainText("gpu");
  await expect(page.getByTestId("nav-incidents")).toContainText("1");
  await row.getByRole("link").first().click();
  await expect(page.getByTestId("incident-timeline-entry").first()).toBeVisible();
  await page.getByTestId("incident-ack").click();
  await expect(page.getByText("operator (browser)").first()).toBeVisible();

  await practice.rpc("practice.set", { name: "gpu", failing: false });
  await practice.until("the incident is closed", ({ open_incidents }) => open_incidents === 0);
  await expect(page.getByTestId("incident-times")).toContainText(/Restored/);

  await open(page, practice, "/settings?section=alerts");
  await expect(page.getByText(/gpu/).first()).toBeVisible();
});

test("a runbook's button gives the order, ticks the step, and the tiers then are shown", async ({
  page,
  practice,
}) => {
  await practice.rpc("practice.set", { name: "gpu", failing: true });
  await practice.rpc("chain.try", { chain: "practice", prompt: "Hello" });
  await open(page, practice, "/incidents");
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  const why = page.getByTestId("incident-why");
  await expect(why).toContainText("second-gpu");
  await expect(why.getByText("Answered", { exact: true })).toBeVisible();
  await expect(page.getByTestId("incident-around")).toContainText("Errors by class");

  const book = page.getByTestId("incident-runbook");
  await book.getByRole("combobox").click();
  await page.getByRole("option", { name: /Provider outage/ }).click();
  await book.getByTestId("step-act-pin").click();
  await expect(page.getByTestId("order-why")).toHaveValue(/Provider outage, step 6/);
  await page.getByTestId("order-give").click();
  const timeline = page.getByTestId("incident-timeline-entry");
  await expect(timeline.filter({ hasText: /second-gpu: pinned for a time: Incident/i })).toHaveCount(1);
  await expect(timeline.filter({ hasText: "Keep traffic where it answers." })).toHaveCount(1);
  await expect(timeline.filter({ hasText: "act:pin" })).toHaveCount(0);
  const { chains } = await practice.rpc("overview", null);
  expect(chains.find(({ name }) => name === "practice")?.pin?.tier).toBe("second-gpu");
});

const UUID = "GPU-11111111-0000-0000-0000-000000000000";
const HOT = {
  uuid: UUID,
  name: "NVIDIA Simulated 80GB",
  utilization: { gpu: 100, memory: 70 },
  memory: { total: 85_899_345_920, used: 61_073_741_824, reserved: 0 },
  temperature: 94,
  power_mw: 690_000,
  power_limit_mw: 700_000,
  throttle_reasons: 0,
};

test("the page of a GPU's incident shows its temperature and power at that time", async ({ page }) => {
  const servers = await Promise.all(["one", "two"].map((text) => new ModelServer(text).start()));
  const daemon = new Daemon().withGpus({ driver: "575.57.08", gpus: [HOT] });
  await daemon.start();
  await daemon.change((document) => {
    const [practice] = document.chains;
    if (!practice) throw new Error("no practice chain");
    const [first, second] = practice.tiers;
    const [one, two] = servers;
    if (!first || !second || !one || !two) throw new Error("no tiers");
    const server = { provider: "other", model: "m" } as const;
    const tiers = [
      { ...first, ...server, url: undefined, replicas: [{ url: one.url, gpus: [UUID] }] },
      { ...second, ...server, url: two.url },
    ];
    return { ...document, chains: [{ ...practice, name: "chat", tiers }] };
  });
  await daemon.until("the first answers", ({ chains }) => chains[0]?.serving === "gpu");
  await expect.poll(async () => (await daemon.rpc("gpus", null)).gpus[0]?.temperature).toBe(94);

  daemon.setGpus({ driver: "575.57.08", gpus: [HOT], events: [{ gpu: 0, xid: 95 }] });
  await daemon.until("the GPU's incident is open", ({ open_incidents }) => open_incidents > 0);
  await open(page, daemon, "/incidents");
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  await expect(page.getByText("Xid 95").first()).toBeVisible();
  const around = page.getByTestId("incident-around");
  await expect(around.getByRole("img", { name: /GPU temperature.*94 °C/ })).toBeVisible();
  await expect(around.getByRole("img", { name: /GPU power.*690 W/ })).toBeVisible();
  await daemon.end();
  await Promise.all(servers.map((server) => server.stop()));
});
