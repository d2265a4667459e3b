import { buildPages } from "./next-build.ts";
import { runCommand } from "./shutdown.ts";

await runCommand(async () => ((await buildPages("inherit", true)).ok ? 0 : 1));
