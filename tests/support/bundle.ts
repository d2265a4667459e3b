import { spawn } from "node:child_process";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBundle } from "#/lib/packaging/make-bundle.ts";
import { requireBuild } from "./processes.ts";

/** Debian's `nobody` and `nogroup`: whoever owns no file. */
const nobody = { uid: 65_534, gid: 65_534 };

export type BundledProcess = {
  stdout(): string;
  stderr(): string;
  /** The exit code, or the name of the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
  stop(): void;
};

/**
 * A bundle of this build in a folder that nobody can write to, and its programs run as an image runs them: by a user who owns
 * nothing, with no environment but what is given, from another directory.
 */
export async function bundleAsInImage() {
  await requireBuild();
  const parent = mkdtempSync(join(tmpdir(), "reprise-bundle-"));
  const folder = join(parent, "reprise");
  await makeBundle(folder);
  chmodSync(parent, 0o755);
  setWritable(folder, false);
  const started: BundledProcess[] = [];
  const run = (program: "reprise" | "reprise-server", args: string[], env: Record<string, string>): BundledProcess => {
    const child = spawn(join(folder, "bin", program), args, {
      cwd: "/",
      env: env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      ...(process.getuid?.() === 0 ? nobody : {}),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? signal ?? 1));
    });
    const one = { stdout: () => stdout, stderr: () => stderr, ended, stop: () => void child.kill("SIGTERM") };
    started.push(one);
    return one;
  };
  const remove = async () => {
    for (const one of started) one.stop();
    await Promise.all(started.map(({ ended }) => ended));
    setWritable(folder, true);
    rmSync(parent, { recursive: true });
  };
  return { folder, run, remove };
}

/** Also what belongs to this user: a test that is not run by root cannot run a bundle as somebody else. */
function setWritable(path: string, writable: boolean): void {
  const { mode } = lstatSync(path);
  chmodSync(path, writable ? mode | 0o200 : mode & ~0o222);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) setWritable(join(path, entry.name), writable);
}
