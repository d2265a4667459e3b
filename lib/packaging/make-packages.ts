import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildCli } from "./cli-package.ts";
import { buildSdk } from "./sdk-package.ts";

/** What users install, each by the name of its folder while it is made. */
const packages: Record<string, (target: string) => Promise<void>> = { sdk: buildSdk, cli: buildCli };

/** Writes the packages as `.tgz` files into `target`, which is emptied first, and returns their paths. Needs no network. */
export async function makePackages(target: string): Promise<string[]> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), "reprise-pack-"));
  try {
    const folders = await Promise.all(
      Object.entries(packages).map(async ([name, build]) => {
        await build(join(work, name));
        return join(work, name);
      }),
    );
    await promisify(execFile)("npm", ["pack", "--pack-destination", target, "--offline", ...folders]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return readdirSync(target).map((file) => join(target, file));
}
