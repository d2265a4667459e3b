import { join, resolve } from "node:path";
import { repository } from "#/lib/launcher/paths.ts";
import { runCommand } from "#/lib/launcher/shutdown.ts";
import { makePackages } from "./make-packages.ts";

/** `npm run pack -- FOLDER`; by default into dist/packages. */
await runCommand(async () => {
  const [folder = join(repository, "dist/packages")] = process.argv.slice(2);
  for (const file of await makePackages(resolve(folder))) console.log(file);
});
