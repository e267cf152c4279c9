/** `make screenshots`: a picture of every screen, light and dark, empty and full. No test: nothing is asserted. */
import { defineConfig } from "@playwright/test";
import tests from "../playwright.config";

export default defineConfig(tests, {
  testDir: ".",
  testMatch: "shots.ts",
  outputDir: "../../target/browser-shots",
  reporter: "line",
  use: { trace: "off" },
});
