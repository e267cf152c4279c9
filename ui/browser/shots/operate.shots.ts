/** More of GPUs, Incidents, History, Reports, Runbooks and Settings: their dialogs, states and sizes. */
import type { Page } from "@playwright/test";
import { Daemon, open, settled, test } from "../harness";
import { busy, LARGE, SIZE, SMALL, shoot } from "./shoot";

/** As tall as the longest screen, so that all of it is seen at once. */
const TALL = { width: 1280, height: 2600 };
const EVERY = [
  ["small", SMALL],
  ["usual", SIZE],
  ["tall", TALL],
  ["large", LARGE],
] as const;

/** So many GPUs, in every state that a card has. */
const fleet = (count: number) => ({
  driver: "575.57.08",
  gpus: Array.from({ length: count }, (_, index) => ({
    uuid: `GPU-${String(index).padStart(8, "0")}-0000-0000-0000-000000000000`,
    name: "NVIDIA H100 80GB HBM3",
    utilization: { gpu: (index * 37) % 101, memory: (index * 19) % 101 },
    memory: { total: 85_899_345_920, used: 5_368_709_120 * ((index % 15) + 1), reserved: 0 },
    temperature: 44 + ((index * 7) % 45),
    power_mw: 120_000 + index * 31_000,
    power_limit_mw: 700_000,
    clocks: { graphics: 1980, sm: 1980, memory: 2619, video: 1545 },
    throttle_reasons: index === 3 ? 0x40 : index === 5 ? 0x4 : 0,
    ecc: {
      volatile: { corrected: 0, uncorrected: index === 9 ? 2 : 0 },
      aggregate: { corrected: 3, uncorrected: index === 9 ? 2 : 0 },
    },
    processes: [
      {
        pid: 4100 + index,
        name: "/opt/vllm/bin/python3 -m vllm.entrypoints.openai.api_server",
        memory: 4_831_838_208 * ((index % 15) + 1),
      },
    ],
    ...(index === 12 && { lost: true }),
  })),
});

const choose = (page: Page, name: string | RegExp) => page.getByRole("menuitem", { name }).click();
const newest = async (page: Page) => {
  await page.getByTestId("incident-row").first().getByRole("link").first().click();
  await settled(page);
};

test("gpus", async ({ page, full, empty }) => {
  test.setTimeout(600_000);
  await shoot(page, "gpus-none", () => open(page, empty, "/gpus"));
  await full.change((document) => ({
    ...document,
    gpu_hosts: [{ name: "gpu-server-in-the-basement-rack-7", url: "http://127.0.0.1:9/metrics" }],
  }));
  for (const [name, size] of EVERY) {
    await shoot(page, `gpus-${name}`, () => open(page, full, "/gpus"), { ...size });
  }
  await shoot(page, "gpus-host-wrong", async () => {
    await open(page, full, "/gpus");
    await page.getByTestId("gpu-host-add").click();
    await page.getByTestId("gpu-host-name").fill("gpu server");
    await page.getByTestId("gpu-host-url").fill("gpu1");
    await page.getByTestId("gpu-host-save").click();
  });
  await shoot(page, "gpus-host-forget", async () => {
    await open(page, full, "/gpus");
    await page
      .getByRole("button", { name: /^Stop watching|^Forget/ })
      .first()
      .click();
  });
});

test("sixteen gpus", async ({ page }) => {
  test.setTimeout(600_000);
  const daemon = await new Daemon().withGpus(fleet(16)).start();
  await page.waitForTimeout(20_000);
  for (const [name, size] of EVERY) {
    await shoot(page, `gpus16-${name}`, () => open(page, daemon, "/gpus"), {
      ...size,
      ...(name === "tall" && { height: 6200 }),
    });
  }
  await daemon.end();
});

test("incidents", async ({ page, full, empty }) => {
  test.setTimeout(900_000);
  await busy(full);
  await shoot(page, "incidents-empty", () => open(page, empty, "/incidents"));
  for (const [name, size] of EVERY.slice(0, 2)) {
    await shoot(page, `incidents-${name}`, () => open(page, full, "/incidents"), { ...size });
  }
  await shoot(page, "incidents-no-match", () => open(page, full, "/incidents?q=zzz&state=open"));
  await shoot(page, "incidents-bulk", async () => {
    await open(page, full, "/incidents");
    for (const at of [0, 1, 2]) await page.getByTestId("incident-row").nth(at).getByRole("checkbox").check();
  });
  await shoot(page, "incidents-views", async () => {
    await open(page, full, "/incidents?state=active");
    await page.getByRole("button", { name: "Views" }).click();
  });
  await shoot(page, "incidents-save-view", async () => {
    await open(page, full, "/incidents?state=active");
    await page.getByRole("button", { name: "Views" }).click();
    await choose(page, "Save this view");
  });
  for (const [name, size] of EVERY) {
    await shoot(
      page,
      `incident-${name}`,
      async () => {
        await open(page, full, "/incidents");
        await newest(page);
      },
      { ...size },
    );
  }
  for (const [name, title] of [
    ["severity", "Set the severity"],
    ["correct", "Correct a time"],
    ["merge", /^Merge/],
    ["resolve", "Resolve by hand"],
  ] as const) {
    await shoot(page, `incident-act-${name}`, async () => {
      await open(page, full, "/incidents");
      await newest(page);
      await page.getByTestId("incident-acts").click();
      await choose(page, title);
    });
  }
  await shoot(
    page,
    "incident-worked",
    async () => {
      await open(page, full, "/incidents");
      await newest(page);
      const book = page.getByTestId("incident-runbook");
      await book.getByRole("combobox").click();
      await page.getByRole("option", { name: /Provider outage/ }).click();
      await book.getByRole("checkbox").first().check();
      await page.getByLabel("Add a note to the timeline").fill("The host rebooted by itself.");
      await page.getByRole("button", { name: "Add note" }).click();
      await page.getByRole("button", { name: "Edit the note" }).first().click();
      const draft = page.getByRole("button", { name: "Draft from the record" });
      if (await draft.isVisible()) await draft.click();
    },
    TALL,
  );
  await shoot(
    page,
    "incident-old",
    async () => {
      await open(page, full, "/incidents?traffic=real&state=closed");
      await newest(page);
    },
    TALL,
  );
  await shoot(page, "history-empty", () => open(page, empty, "/history"));
  await shoot(page, "history", () => open(page, full, "/history"));
  await shoot(page, "history-small", () => open(page, full, "/history"), SMALL);
  await shoot(page, "history-no-match", () => open(page, full, "/history?q=zzz"));
});

test("reports", async ({ page, full, empty }) => {
  test.setTimeout(900_000);
  await busy(full);
  await shoot(page, "reports-empty", () => open(page, empty, "/reports"));
  for (const [name, size] of EVERY) {
    await shoot(page, `reports-${name}`, () => open(page, full, "/reports?period=30d"), {
      ...size,
      ...(name === "tall" && { height: 3600 }),
    });
  }
  await shoot(page, "reports-year", () => open(page, full, "/reports?period=1y"), {
    ...TALL,
    height: 3600,
  });
  await shoot(page, "reports-simulated", () => open(page, full, "/reports?period=24h&simulated=true"), {
    ...TALL,
    height: 3000,
  });
  await shoot(page, "reports-custom", () => open(page, full, "/reports?period=custom"));
});

test("runbooks", async ({ page, full }) => {
  test.setTimeout(600_000);
  await shoot(page, "runbooks", () => open(page, full, "/runbooks"));
  await shoot(page, "runbooks-tall", () => open(page, full, "/runbooks"), TALL);
  await shoot(page, "runbooks-small", () => open(page, full, "/runbooks"), SMALL);
  await shoot(page, "runbooks-edit", async () => {
    await open(page, full, "/runbooks");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
  });
  await shoot(page, "runbooks-wrong", async () => {
    await open(page, full, "/runbooks");
    await page.getByRole("button", { name: "New runbook" }).click();
    await page.getByLabel("Title", { exact: true }).fill("A lost GPU");
    await page.getByLabel("Name", { exact: true }).fill("a lost GPU!");
    await page.getByLabel("Text", { exact: true }).fill("- [ ] Look. [Burn](act:burn)");
    await page.getByTestId("runbook-save").click();
  });
});

test("settings", async ({ page, full }) => {
  test.setTimeout(900_000);
  await shoot(page, "settings-tall", () => open(page, full, "/settings"), { width: 1280, height: 4200 });
  await shoot(page, "settings-small", () => open(page, full, "/settings"), SMALL);
  await shoot(page, "settings-search", async () => {
    await open(page, full, "/settings");
    await page.getByRole("searchbox").fill("price");
  });
  await shoot(page, "settings-nothing", async () => {
    await open(page, full, "/settings");
    await page.getByRole("searchbox").fill("zzz");
  });
  for (const name of ["Add mail", "Add webhook"]) {
    await shoot(page, `settings-${name.replace(/ /g, "-").toLowerCase()}`, async () => {
      await open(page, full, "/settings?section=alerts");
      await page.getByRole("button", { name }).click();
      await page.getByRole("button", { name: "Save channel" }).click();
    });
  }
  await shoot(page, "settings-client-key", async () => {
    await open(page, full, "/settings?section=endpoint");
    await page.getByTestId("client-key-add").click();
  });
});
