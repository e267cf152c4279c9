/** Tests of the screens in a real browser against the real `changeoverd`. `make test` runs them. */
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

/** The system's Chromium; CHROMIUM names another. */
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM ?? CHROMIUM.find(existsSync) ?? "chromium";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "browser",
  testMatch: "*.browser.ts",
  outputDir: "../target/browser",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // A machine that builds at the same time is slow; nothing here waits for a time, so patience costs nothing.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [["line"], ["json", { outputFile: "../target/browser.json" }]],
  use: {
    launchOptions: { executablePath, args: QUIET },
    viewport: { width: 1280, height: 800 },
    actionTimeout: 30_000,
    trace: "retain-on-failure",
  },
});
