import { join } from "node:path";
import { quickLanes, runChecks, type Check } from "./checks.ts";
import { repository } from "./paths.ts";
import { runCommand } from "./shutdown.ts";

const vitest = join(repository, "node_modules/vitest/vitest.mjs");

await runCommand(async () => {
  const tests = { name: "unit and architecture tests", steps: [[vitest, "run", "--project", "unit"]] } satisfies Check;
  return (await runChecks([...quickLanes, [tests]])) ? 0 : 1;
});
