import type { KnipConfig } from "knip";

/** `--production`: what only tests reach is unused too, but a test may look at what its own file uses. */
const isProduction = process.argv.includes("--production");

export default {
  entry: [
    "lib/workflows/work-thread.ts!",
    "lib/launcher/*.{ts,mjs}!",
    "lib/cli/{main.ts,packaged.ts,reprise.mjs}!",
    "lib/packaging/{pack,bundle}.ts!",
    "lib/image/main.ts!",
    "lib/sdk/client.ts!",
    "lib/worker/{main,long-runs-thread}.ts!",
    "lib/demo/{seed,fixtures,demo-access}.ts!",
    "lib/demo/{orders,provider}/main.ts!",
    "db/drizzle.config.ts!",
    "tests/{bench,chaos,pressure}/*.ts!",
    "{next.config,middleware,instrumentation,instrumentation-client}.ts!",
    "playwright.config.ts",
    "tests/e2e/**/*.spec.ts",
    "tests/fixtures/dump-rows.ts",
    "tests/support/{duration-reporter,global-setup-e2e}.ts",
  ],
  project: [
    "{app,components,db,lib,tests}/**/*.{ts,tsx,mjs}!",
    "*.ts!",
    "!tests/{unit,integration,api,worker,e2e,support}/**!",
  ],
  next: { config: [] },
  ignoreExportsUsedInFile: isProduction,
  ignoreBinaries: ["apt-get"],
} satisfies KnipConfig;
