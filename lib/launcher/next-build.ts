import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exclusively } from "./exclusive.mjs";
import { runNode, type ForegroundOptions } from "./foreground.ts";
import { repository } from "./paths.ts";

const nextScript = "node_modules/next/dist/bin/next";
const outputFolder = join(repository, ".next");
const markFile = join(outputFolder, "reprise-sources.txt");
/** What the pages are made from. */
const sourcePaths = [
  ...["app", "components", "lib", "db", "public"],
  ...["next.config.ts", "postcss.config.mjs", "tsconfig.json", "middleware.ts"],
  ...["instrumentation.ts", "instrumentation-client.ts"],
  ...["package.json", "package-lock.json"],
];
/** Folders of lib/ that no page imports. */
const notInPages = /^lib\/(launcher|packaging|image|demo|worker|cli)\//;

export function nextProgram(): string {
  return join(repository, nextScript);
}

/** Whether there is anything that `next start` could serve. */
export function isBuilt(): boolean {
  return existsSync(join(outputFolder, "BUILD_ID"));
}

export type BuildResult = {
  ok: boolean;
  /** False when the sources were those of the existing build. */
  built: boolean;
  /** next's messages, only with `output: "capture"`. */
  output: string;
};

/**
 * Builds the pages unless the existing build was made from the same sources. Needs neither database nor network;
 * callers at the same time wait for one another.
 */
export async function buildPages(output: ForegroundOptions["output"], always = false): Promise<BuildResult> {
  return exclusively(`${repository}/build`, async () => {
    const fingerprint = sourcesFingerprint();
    if (!always && isBuilt() && builtFrom() === fingerprint) return { ok: true, built: false, output: "" };
    rmSync(markFile, { force: true });
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
    const result = await runNode(nextProgram(), ["build"], { env, ...(output ? { output } : {}) });
    if (result.code === 0) writeFileSync(markFile, fingerprint);
    return { ok: result.code === 0, built: true, output: result.output };
  });
}

function builtFrom(): string {
  return existsSync(markFile) ? readFileSync(markFile, "utf8") : "";
}

function sourcesFingerprint(): string {
  const hash = createHash("sha256");
  const files = sourcePaths.flatMap(filesBelow).filter((path) => !notInPages.test(path));
  for (const path of files.toSorted()) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(repository, path)))
      .update("\0");
  }
  return hash.digest("hex");
}

function filesBelow(path: string): string[] {
  const absolute = join(repository, path);
  if (!existsSync(absolute)) return [];
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(repository.length + 1));
}
