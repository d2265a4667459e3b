import { join } from "node:path";
import { runNode } from "./foreground.ts";
import { nextProgram } from "./next-build.ts";
import { repository } from "./paths.ts";

export type Check = {
  name: string;
  /** Node scripts with their arguments; each needs the one before it. */
  steps: [script: string, ...args: string[]][];
};

const program = (path: string) => join(repository, "node_modules", path);
const lintArgs = ["--deny-warnings"];

const types: Check = {
  name: "types",
  steps: [
    [nextProgram(), "typegen"],
    [program("typescript/bin/tsc"), "--noEmit"],
  ],
};
const format: Check = { name: "format", steps: [[program("oxfmt/bin/oxfmt"), "--check"]] };
const lint: Check = { name: "lint", steps: [[program("oxlint/bin/oxlint"), ...lintArgs]] };
/** The same rules, and those that need types: no promise is left floating. */
const typedLint: Check = { name: "lint", steps: [[program("oxlint/bin/oxlint"), ...lintArgs, "--type-aware"]] };
/** Files and exports that nothing reaches; the second time without the tests, since a test alone keeps nothing alive. */
const unused: Check = {
  name: "unused code",
  steps: [
    [program("knip/bin/knip.js"), "--no-progress"],
    [program("knip/bin/knip.js"), "--no-progress", "--production"],
  ],
};

/** The checks that take seconds and need neither database nor build, in two lanes, one for each core of a small machine. */
export const quickLanes: Check[][] = [[types], [lint, format]];
/** The same with the linter's rules that read types, and unused code. */
export const thoroughLanes: Check[][] = [[types], [typedLint, format, unused]];

/** Runs the lanes in parallel, each to its end, and prints the result of every check. True when all passed. */
export async function runChecks(lanes: Check[][]): Promise<boolean> {
  const results = await Promise.all(lanes.map(runLane));
  return results.flat().every(Boolean);
}

async function runLane(checks: Check[]): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const check of checks) results.push(await runCheck(check));
  return results;
}

async function runCheck({ name, steps }: Check): Promise<boolean> {
  const since = performance.now();
  // The compiler and the typed rules are Go programs that live for seconds: collecting less often saves an eighth.
  const env: NodeJS.ProcessEnv = { GOGC: "400", ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };
  let output = "";
  for (const [script, ...args] of steps) {
    const result = await runNode(script, args, { env, output: "capture" });
    output += result.output;
    if (result.code === 0) continue;
    console.log(`${name}: FAILED (${seconds(since)})\n${output.trimEnd()}\n`);
    return false;
  }
  const summary = output.split("\n").findLast((line) => /^\s*Tests\s/.test(line));
  console.log(`${name}: ok (${seconds(since)})${summary ? `: ${summary.replace(/^\s*Tests\s+/, "")}` : ""}`);
  return true;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
