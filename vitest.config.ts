import { defineConfig } from "vitest/config";

/** They replace what Next gives to a server action, or the clock: their modules must be nobody else's. */
const withModulesOfTheirOwn = [
  "tests/integration/api/action.test.ts",
  "tests/integration/api/person-action.test.ts",
  "tests/integration/db/clock.test.ts",
  "tests/api/security-actions.test.ts",
];

const needsDatabase = {
  globalSetup: ["tests/support/global-setup.ts"],
  testTimeout: 120_000,
  // A stack of processes may have to wait for the build that runs beside the tests.
  hookTimeout: 240_000,
  // What matters of the rest is asserted; printed, it costs time and hides what failed.
  env: { REPRISE_LOG_LEVEL: "warn" },
};

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    // A test makes much that it soon drops: with room for it the collector runs seldom, which saves a twentieth.
    execArgv: ["--min-semi-space-size=32", "--max-semi-space-size=64"],
    maxWorkers: "100%",
    // Tests that run together mostly wait for the same seconds.
    maxConcurrency: 10,
    // What is waited for comes; how soon says something about the machine.
    expect: { poll: { timeout: 30_000, interval: 100 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Pure files: one process per core reads each module once, which halves the time of `npm run verify`.
          isolate: false,
          include: ["tests/unit/**/*.test.ts", "tests/architecture.test.ts"],
          // Only hangs and quadratic work run into it: no test asserts a time.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...needsDatabase,
          name: "integration",
          // As above; the set-up file gives each file the environment of the first, and a database is each file's own.
          isolate: false,
          setupFiles: ["tests/support/clean-process.ts"],
          include: ["tests/integration/**/*.test.ts", "tests/api/**/*.test.ts", "tests/worker/**/*.test.ts"],
          exclude: withModulesOfTheirOwn,
        },
      },
      {
        extends: true,
        test: { ...needsDatabase, name: "isolated", include: withModulesOfTheirOwn },
      },
    ],
  },
});
