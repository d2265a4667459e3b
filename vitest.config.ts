import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: "100%",
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
          name: "integration",
          include: ["tests/integration/**/*.test.ts", "tests/api/**/*.test.ts", "tests/worker/**/*.test.ts"],
          globalSetup: ["tests/support/global-setup.ts"],
          testTimeout: 90_000,
          // A stack of processes may have to wait for the build that runs beside the tests.
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
