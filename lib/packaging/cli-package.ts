import { chmodSync, cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown, type RolldownOutput } from "rolldown";
import { repository } from "#/lib/launcher/paths.ts";
import { readLock, sharedManifest } from "./manifest.ts";
import { thirdPartyLicences } from "./third-party-licences.ts";

/**
 * Writes the command line as JavaScript into `target`, each command a file that is loaded when it is called, and everything
 * that it needs with it. Folders are those of the checkout, so that it finds its skills and its version as there.
 */
export async function buildCli(target: string): Promise<void> {
  const built = await rolldown({
    cwd: repository,
    input: { reprise: "lib/cli/packaged.ts" },
    platform: "node",
  });
  const { output } = await built.write({
    dir: join(target, "lib/cli"),
    format: "esm",
    chunkFileNames: "[name].js",
    entryFileNames: "[name].js",
  });
  await built.close();
  chmodSync(join(target, "lib/cli/reprise.js"), 0o755);
  cpSync(join(repository, "docs/agents"), join(target, "docs/agents"), { recursive: true });
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  const licences = thirdPartyLicences(readLock(), packagesIn(output));
  writeFileSync(join(target, "THIRD-PARTY-LICENSES.txt"), licences);
}

/** The folders of the packages that are part of what was written, as package-lock.json names them. */
function packagesIn(output: RolldownOutput["output"]): string[] {
  const ids = output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []));
  const folders = ids.map((id) => /\/(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function manifest(): object {
  return {
    name: "reprise",
    ...sharedManifest(),
    description: "Command line of Reprise, which runs, traces and replays AI-agent workflows",
    bin: { reprise: "lib/cli/reprise.js" },
    files: ["lib", "docs", "THIRD-PARTY-LICENSES.txt"],
    engines: { node: ">=20.11" },
  };
}
