import { runNode } from "./foreground.ts";
import { buildPages } from "./next-build.ts";
import { runCommand } from "./shutdown.ts";

/** Builds the pages if need be, and runs the fault tests at length; see docs/operations.md. */
await runCommand(async () => {
  const { ok, output } = await buildPages("capture");
  if (!ok) throw new Error(`the pages could not be built\n${output.trimEnd()}`);
  // Chaos brings its own database; an address in the environment is someone's data.
  const { DATABASE_URL: _, ...env } = process.env;
  return (await runNode("tests/chaos/main.ts", process.argv.slice(2), { env: env as NodeJS.ProcessEnv })).code;
});
