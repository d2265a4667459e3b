import { join } from "node:path";
import { runNode } from "./foreground.ts";
import { nextProgram } from "./next-build.ts";
import { REPOSITORY } from "./paths.ts";
import { runCommand } from "./shutdown.ts";

interface Check {
  name: string;
  /** Node scripts with their arguments; each needs the one before it. */
  steps: [script: string, ...args: string[]][];
}

const program = (path: string) => join(REPOSITORY, "node_modules", path);

/** Two lanes, one for each core of a small machine; no check needs a database or a build. */
const LANES: Check[][] = [
  [
    {
      name: "types",
      steps: [
        [nextProgram(), "typegen"],
        [program("typescript/bin/tsc"), "--noEmit"],
      ],
    },
    { name: "lint", steps: [[program("oxlint/bin/oxlint"), "--deny-warnings"]] },
    { name: "format", steps: [[program("oxfmt/bin/oxfmt"), "--check"]] },
  ],
  [{ name: "unit and architecture tests", steps: [[program("vitest/vitest.mjs"), "run", "--project", "unit"]] }],
];

await runCommand(async () => {
  const results = await Promise.all(LANES.map(runLane));
  return results.flat().every(Boolean) ? 0 : 1;
});

async function runLane(checks: Check[]): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const check of checks) results.push(await runCheck(check));
  return results;
}

async function runCheck({ name, steps }: Check): Promise<boolean> {
  const since = performance.now();
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" };
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
