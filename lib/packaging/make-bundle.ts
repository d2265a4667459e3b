import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "#/lib/launcher/paths.ts";
import { buildCli } from "./cli-package.ts";
import { readLock, sharedManifest } from "./manifest.ts";
import { packageClosure, type Lock } from "./package-closure.ts";
import { sourceClosure } from "./source-closure.ts";
import { thirdPartyLicences } from "./third-party-licences.ts";

/** Where processes and threads of the image start, but for the web, which the build has made. */
const entries = ["lib/image/main.ts", "lib/worker/long-runs-thread.ts", "lib/workflows/work-thread.ts"];
/** Next takes along what makes pictures smaller, which no page of ours asks for. */
const notNeeded = /\/node_modules\/(sharp|@img)(\/|$)/;
/** What of a package is only for compilers and readers. */
const notRun = /\.(d\.[cm]?ts|[cm]?ts|map|flow)$|\/(README|CHANGELOG)[^/]*$/i;
/** In the pages' style sheet, although it only helps to make it. */
const alsoShipped = ["tailwindcss"];

/**
 * Puts what an image holds into `target`: Node, the web (from the build, which must be there), the worker's sources with
 * their packages, migrations, command line, documentation, licences. Needs no network. What `target` held is deleted.
 */
export async function makeBundle(target: string): Promise<void> {
  const lock = readLock();
  rmSync(target, { recursive: true, force: true });
  const into = (path: string) => join(target, path);
  const copy = (path: string, to = path, filter?: (source: string) => boolean) =>
    cpSync(join(repository, path), into(to), { recursive: true, ...(filter ? { filter } : {}) });

  copy(".next/standalone", ".", (source) => !notNeeded.test(source));
  copy(".next/static");
  if (existsSync(join(repository, "public"))) copy("public");
  const { files, packages } = await sourceClosure(entries);
  for (const file of files) copy(file);
  const folders = packageClosure(lock, packages);
  for (const folder of folders) copy(folder, folder, (source) => !notRun.test(source));
  copy("drizzle");

  const node = nodeFolder(lock);
  copy(`${node}/bin/node`, "node/node");
  copy(`${node}/LICENSE`, "node/LICENSE");
  await buildCli(into("cli"));
  writeFileSync(into("package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
  writeFileSync(into("THIRD-PARTY-LICENSES.txt"), thirdPartyLicences(lock, shippedFolders(lock, [node, ...folders])));
  writeScript(into("bin/reprise"), 'exec "$here/node/node" "$here/cli/lib/cli/reprise.js" "$@"');
  writeScript(into("bin/reprise-server"), serverScript);
}

/** What Node must know before it starts; docs/operations.md names the variables. */
const serverScript = `export NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 UV_THREADPOOL_SIZE="\${UV_THREADPOOL_SIZE:-16}"
exec "$here/node/node" "$here/lib/image/main.ts" "$@"`;

/** Uses the shell alone, so that it runs without a PATH. */
function writeScript(path: string, body: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nhere="\${0%/*}/.."\n${body}\n`);
  chmodSync(path, 0o755);
}

/** @throws {Error} where no Node for an image is installed */
function nodeFolder(lock: Lock): string {
  const folder = `node_modules/node-linux-${process.arch}`;
  if (folder in lock.packages && existsSync(join(repository, folder, "bin/node"))) return folder;
  throw new Error(
    `A bundle can be made on Linux (x64, arm64); there is no Node for it on ${process.platform}-${process.arch}`,
  );
}

function manifest(): object {
  // As in the checkout: this is how its sources name each other.
  return { name: "reprise", private: true, ...sharedManifest(), imports: { "#/*": "./*" } };
}

/** The pages' packages are those that are not only for development; what a bundler has put into them is in no folder. */
function shippedFolders(lock: Lock, copied: string[]): string[] {
  const { dependencies = {} } = lock.packages[""] ?? {};
  const ofPages = packageClosure(lock, [...Object.keys(dependencies), ...alsoShipped]);
  const installed = ofPages.filter((folder) => existsSync(join(repository, folder)) && !notNeeded.test(`/${folder}`));
  return [...new Set([...copied, ...installed])].sort();
}
