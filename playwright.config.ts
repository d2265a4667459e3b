import { defineConfig } from "playwright/test";
import { chromiumLaunchOptions } from "./tests/support/chromium.ts";

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./tests/support/global-setup-e2e.ts",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 2,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    // Set by the global setup, before the processes start in which this file is read again.
    baseURL: process.env.REPRISE_E2E_URL,
    browserName: "chromium",
    launchOptions: chromiumLaunchOptions(),
    actionTimeout: 20_000,
    viewport: { width: 1280, height: 800 },
    // What was done and asked, without the film and the DOM of each step, which cost a tenth of the run: `--trace on` has both.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
    screenshot: "only-on-failure",
    video: "off",
  },
});
