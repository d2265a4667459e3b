import { spawn } from "node:child_process";
import { join } from "node:path";
import { env } from "#/lib/core/env.ts";

/** The bundle's folder, where the build's server stands. */
const root = join(import.meta.dirname, "../..");
const roles = ["web", "worker"] as const;

/** Runs the role that the configuration names, in this process; `all` is one process for each. */
export async function serve(): Promise<void> {
  const role = env("REPRISE_ROLE");
  if (role === "all") return serveAll();
  // Threads are started from sources that are found from here.
  process.chdir(root);
  if (role === "worker") return void (await import("#/lib/worker/main.ts"));
  // Containers set HOSTNAME to their own name, which Next would take for the address to listen on.
  Object.assign(process.env, { HOSTNAME: env("REPRISE_HOST"), PORT: String(env("PORT")) });
  await import(join(root, "server.js"));
}

/** Ends when one of them does, with its exit code, and passes on the signals that end it: half of it serves nobody. */
function serveAll(): void {
  const children = roles.map((role) =>
    spawn(process.execPath, process.argv.slice(1), {
      stdio: "inherit",
      env: { ...process.env, REPRISE_ROLE: role },
    }),
  );
  const end = (signal: NodeJS.Signals) => children.forEach((child) => child.kill(signal));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, end);
  for (const child of children)
    child.once("exit", (code) => {
      process.exitCode ||= code ?? 1;
      end("SIGTERM");
    });
}
