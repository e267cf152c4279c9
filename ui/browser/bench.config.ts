/** The screens' part of `make bench`: one thing after the other, so that nothing but it is measured. */
import { defineConfig } from "@playwright/test";
import tests from "../playwright.config";

export default defineConfig(tests, {
  testDir: "bench",
  testMatch: "*.bench.ts",
  outputDir: "../../target/browser-bench",
  fullyParallel: false,
  workers: 1,
  reporter: "dot",
  use: { trace: "off" },
});
