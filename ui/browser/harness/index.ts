/** What the tests share: daemons in the states that matter, and a page that fails a test when it complains. */
import { test as base, expect, type Page } from "@playwright/test";
import { Daemon } from "./daemon";
import { ModelServer } from "./model-server";

export { expect } from "@playwright/test";
export { Daemon } from "./daemon";
export { Keyring } from "./keyring";
export { ModelServer } from "./model-server";
export { Sink } from "./sink";

/** Every screen with its heading, as the navigation names them. */
export const SCREENS = [
  "overview",
  "chains",
  "gpus",
  "incidents",
  "reports",
  "runbooks",
  "playground",
  "settings",
] as const;

/** The tiers of the chain that has a history. */
const REAL = [
  { name: "gpu", provider: "vllm", model: "meta-llama/Meta-Llama-3.1-8B-Instruct" },
  { name: "laptop", provider: "llama.cpp", model: "llama-3.1-8b-q4" },
  { name: "cloud", provider: "other", model: "gpt-4o-mini" },
] as const;

const gpu = (index: number, over: object) => ({
  uuid: `GPU-${index}1111111-0000-0000-0000-000000000000`,
  name: "NVIDIA RTX 6000 Ada Generation",
  utilization: { gpu: 87, memory: 41 },
  memory: { total: 51_527_024_640, used: 43_232_788_480, reserved: 0 },
  temperature: 71,
  power_mw: 262_400,
  power_limit_mw: 300_000,
  clocks: { graphics: 2505, sm: 2505, memory: 10_001, video: 1950 },
  throttle_reasons: 0,
  ecc: { volatile: { corrected: 3, uncorrected: 0 }, aggregate: { corrected: 3, uncorrected: 0 } },
  processes: [{ pid: 4121, name: "vllm", memory: 41_733_324_800 }],
  ...over,
});

/** Two GPUs; the second is slowed by its heat. */
const GPUS = {
  driver: "575.57.08",
  gpus: [
    gpu(0, {}),
    gpu(1, { temperature: 92, throttle_reasons: 0x40, utilization: { gpu: 98, memory: 60 } }),
  ],
};

interface Shared {
  /** No chain at all, and no history. */
  empty: Daemon;
  /** A chain of three tiers with a year behind it, beside the practice chain. */
  full: Daemon;
}

interface Own {
  /** A fresh daemon with the practice chain, for a test that changes things. */
  practice: Daemon;
  /** What the page complained about; must stay empty. */
  complaints: string[];
}

export const test = base.extend<Own, Shared>({
  empty: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what is needed from it
    async ({}, use) => {
      const daemon = await new Daemon().start();
      await daemon.change((document) => ({ ...document, chains: [] }));
      await use(daemon);
      await daemon.end();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  full: [
    // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what is needed from it
    async ({}, use) => {
      const servers = await Promise.all(REAL.map(({ name }) => new ModelServer(`This is ${name}.`).start()));
      const daemon = await new Daemon().withHistory().withGpus(GPUS).start();
      await daemon.change((document) => {
        const [practice] = document.chains;
        if (!practice) return document;
        const tiers = practice.tiers.map((tier, at) => ({
          ...tier,
          ...REAL[at],
          url: servers[at]?.url ?? "",
        }));
        return { ...document, chains: [{ ...practice, name: "chat", aliases: ["gpt-4o"], tiers }, practice] };
      });
      await daemon.until("the chain answers", ({ chains }) => chains[0]?.serving === "gpu");
      await use(daemon);
      await daemon.end();
      await Promise.all(servers.map((server) => server.stop()));
    },
    { scope: "worker", timeout: 120_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what is needed from it
  practice: async ({}, use) => {
    const daemon = await new Daemon().start();
    await daemon.until("the first tier answers", ({ chains }) => chains[0]?.serving === "gpu");
    await use(daemon);
    await daemon.end();
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) {
          complaints.push(message.text());
        }
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

/** Opens a screen and waits until it shows something of its own. */
export async function open(page: Page, daemon: Daemon, path: string) {
  await page.goto(`${daemon.url}#${path}`);
  await settled(page);
}

/** Waits until nothing on the page is still loading. */
export async function settled(page: Page) {
  await expect(page.locator("main h1").first()).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^(Loading|Looking)/ })).toHaveCount(0);
}

/** The address of a screen. */
export const pathOf = (screen: (typeof SCREENS)[number]) => (screen === "overview" ? "/" : `/${screen}`);
