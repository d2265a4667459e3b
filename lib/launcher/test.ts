import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { runChecks, thoroughLanes } from "./checks.ts";
import { ensureChromium } from "./chromium.ts";
import { failedInPlaywright, failedInVitest } from "./failed-tests.ts";
import { runNode } from "./foreground.ts";
import { buildPages } from "./next-build.ts";
import { repository, homeSubdirectory } from "./paths.ts";
import { runCommand, shutdownSignal } from "./shutdown.ts";
import { playwrightDurations, slowestFiles, vitestDurations, type FileDuration } from "./slowest-files.ts";
import { tallyLine, tallyPlaywright, tallyVitest, type Tally } from "./test-tally.ts";

/** Twice as many as there are cores: tests of workers mostly wait for what they killed or for a timer, and these end last. */
const testProcesses = availableParallelism() * 2;

await runCommand(async () => {
  if (!(await runChecks(thoroughLanes))) return 1;
  const { DATABASE_URL: _, ...env } = process.env;
  // Tests bring their own database; an address in the environment is someone's data.
  const testEnv = { ...env, NEXT_TELEMETRY_DISABLED: "1" } as NodeJS.ProcessEnv;
  // The build goes on beside the tests that do not need it. The browser tests start as soon as it is there: by then the
  // other tests mostly wait for timers and for processes that they killed, and the two share the cores.
  const vitest = runVitest(testEnv);
  const playwright = prepareBrowserTests().then((problem) => runPlaywright(testEnv, problem, vitest));
  const results = await Promise.all([vitest, playwright]);
  const slowest = slowestFiles(results.flatMap(({ files }) => files));
  if (slowest.length > 0) process.stdout.write(`\nThe slowest files:\n${slowest.join("\n")}\n`);
  const failed = results.flatMap((result) => result.failed);
  if (failed.length > 0) process.stdout.write(`\nFailed:\n${failed.map((name) => `  ${name}`).join("\n")}\n`);
  const tallies = results.map(({ tally }) => tally);
  process.stdout.write(`\n${tallyLine(tallies)}\n`);
  return shutdownSignal().aborted || tallies.some(({ failed }) => failed > 0) ? 1 : 0;
});

type Result = { tally: Tally; files: FileDuration[]; failed: string[] };

async function runVitest(env: NodeJS.ProcessEnv): Promise<Result> {
  const [report, durations] = [reportFile("vitest.json"), reportFile("vitest-durations.json")];
  const reporters = ["default", "json", "./tests/support/duration-reporter.ts"].map((name) => `--reporter=${name}`);
  const { code } = await runNode(
    join(repository, "node_modules/vitest/vitest.mjs"),
    ["run", ...reporters, `--outputFile.json=${report}`, `--maxWorkers=${testProcesses}`],
    { env: { ...env, REPRISE_TEST_DURATIONS: durations } },
  );
  return {
    tally: tallyVitest(readReport(report), code === 0),
    files: vitestDurations(readReport(durations)),
    failed: failedInVitest(readReport(report), repository),
  };
}

/** @param vitest the tests that run beside these: what these print waits for their end, so that each reads as a whole */
async function runPlaywright(
  env: NodeJS.ProcessEnv,
  problem: string | null,
  vitest: Promise<unknown>,
): Promise<Result> {
  if (problem || shutdownSignal().aborted) {
    await vitest;
    if (problem) process.stdout.write(`\nThe browser tests cannot run: ${problem}\n`);
    return { tally: tallyPlaywright(null, false), files: [], failed: [] };
  }
  const report = reportFile("playwright.json");
  const args = ["test", "--reporter=list,json"];
  const playwrightEnv: NodeJS.ProcessEnv = {
    ...env,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  };
  const playwright = join(repository, "node_modules/playwright/cli.js");
  // On SIGTERM it dies at once, and what its set-up started lives on.
  const { code } = await runNode(playwright, args, { env: playwrightEnv, endWith: "SIGINT", printAfter: vitest });
  return {
    tally: tallyPlaywright(readReport(report), code === 0),
    files: playwrightDurations(readReport(report)),
    failed: failedInPlaywright(readReport(report)),
  };
}

/** What is in the way of the browser tests; null if nothing does. */
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
