import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runChecks, thoroughLanes } from "./checks.ts";
import { ensureChromium } from "./chromium.ts";
import { runNode } from "./foreground.ts";
import { buildPages } from "./next-build.ts";
import { REPOSITORY, homeSubdirectory } from "./paths.ts";
import { runCommand, shutdownSignal } from "./shutdown.ts";
import { tallyLine, tallyPlaywright, tallyVitest, type Tally } from "./test-tally.ts";

await runCommand(async () => {
  if (!(await runChecks(thoroughLanes))) return 1;
  const { DATABASE_URL: _, ...env } = process.env;
  // Tests bring their own database; an address in the environment is somebody's data.
  const testEnv = { ...env, NEXT_TELEMETRY_DISABLED: "1" } as NodeJS.ProcessEnv;
  // The build goes on beside the tests that do not need it; those that do wait for it.
  const prepared = prepareBrowserTests();
  const tallies = [await runVitest(testEnv)];
  if (!shutdownSignal().aborted) tallies.push(await runPlaywright(testEnv, await prepared));
  process.stdout.write(`\n${tallyLine(tallies)}\n`);
  return shutdownSignal().aborted || tallies.some(({ failed }) => failed > 0) ? 1 : 0;
});

async function runVitest(env: NodeJS.ProcessEnv): Promise<Tally> {
  const report = reportFile("vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await runNode(join(REPOSITORY, "node_modules/vitest/vitest.mjs"), args, { env });
  return tallyVitest(readReport(report), code === 0);
}

async function runPlaywright(env: NodeJS.ProcessEnv, problem: string | null): Promise<Tally> {
  if (problem) {
    process.stdout.write(`\nThe browser tests cannot run: ${problem}\n`);
    return tallyPlaywright(null, false);
  }
  const report = reportFile("playwright.json");
  const args = ["test", "--reporter=list,json"];
  const playwrightEnv: NodeJS.ProcessEnv = {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  };
  const playwright = join(REPOSITORY, "node_modules/playwright/cli.js");
  // On SIGTERM it dies at once, and what its set-up started lives on.
  const { code } = await runNode(playwright, args, { env: playwrightEnv, endWith: "SIGINT" });
  return tallyPlaywright(readReport(report), code === 0);
}

/** What stands in the way of the browser tests; null if nothing does. */
async function prepareBrowserTests(): Promise<string | null> {
  try {
    const [{ ok, output }] = await Promise.all([buildPages("capture"), ensureChromium()]);
    return ok ? null : `the pages could not be built\n${output.trimEnd()}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function reportFile(name: string): string {
  const path = join(homeSubdirectory("reports"), name);
  rmSync(path, { force: true });
  return path;
}

function readReport(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
