/** `make screenshots`: a picture of every screen, light and dark, empty and full. No test: nothing is asserted. */
import { defineConfig } from "@playwright/test";
import tests from "../../playwright.config";

export default defineConfig(tests, {
  testDir: ".",
  testMatch: "*.shots.ts",
  outputDir: "../../../target/browser-shots",
  reporter: "line",
  timeout: 300_000,
  // The tests of one file share their daemons, whose year of history takes a while to write.
  fullyParallel: false,
  use: { trace: "off" },
});
