import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../../lib/cli/reprise.mjs");

export type CliResult = { code: number | null; stdout: string; stderr: string };
export type CliRun = { env?: Record<string, string>; input?: string };

/** The command line in a process of its own, with a home of its own: nothing of the developer's reaches it. */
export function cliInHome() {
  const home = mkdtempSync(join(tmpdir(), "reprise-cli-"));
  const environment: NodeJS.ProcessEnv = {
    NODE_ENV: "production",
    PATH: process.env.PATH ?? "",
    HOME: home,
    REPRISE_HOME: join(home, "installation"),
  };
  const run = (args: string[], { env = {}, input = "" }: CliRun = {}): Promise<CliResult> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [script, ...args], { env: { ...environment, ...env }, stdio: "pipe" });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.stdin.on("error", () => {});
      child.stdin.end(input);
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
  const remove = () => rmSync(home, { recursive: true, force: true });
  return { home, script, environment, run, remove };
}
