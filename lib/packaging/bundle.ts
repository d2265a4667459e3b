import { join } from "node:path";
import { buildPages } from "#/lib/launcher/next-build.ts";
import { repository } from "#/lib/launcher/paths.ts";
import { runCommand } from "#/lib/launcher/shutdown.ts";
import { makeBundle } from "./make-bundle.ts";

await runCommand(async () => {
  if (!(await buildPages("stderr")).ok) return 1;
  const target = join(repository, "dist/reprise");
  await makeBundle(target);
  console.log(target);
  return 0;
});
