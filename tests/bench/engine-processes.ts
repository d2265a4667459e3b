import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A child of this benchmark, ended with it. */
export type Child = { process: ChildProcess; stop(): Promise<void> };

const children = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

/** A worker process with `slots`, claiming when this resolves. */
export async function startWorkerProcess(slots: number, flags: string[] = []): Promise<Child> {
  const child = spawn(process.execPath, [...flags, "lib/worker/main.ts"], {
    env: { ...process.env, REPRISE_WORKER_SLOTS: String(slots), REPRISE_LOG_FORMAT: "json", REPRISE_LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => line.includes("worker ready") && resolve());
    child.once("exit", () => reject(new Error("the worker ended")));
  });
  return childOf(child);
}

/** A process of a benchmark's own that speaks over IPC; ready when it has said so. */
export async function startHelperProcess(script: string): Promise<Child> {
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await once(child, "message");
  return childOf(child);
}

/** Sends a message and resolves to the answer. */
export async function ask(child: Child, message: object): Promise<unknown> {
  const answer = once(child.process, "message");
  child.process.send(message);
  return (await answer)[0];
}

function childOf(child: ChildProcess): Child {
  children.add(child);
  child.once("exit", () => children.delete(child));
  return {
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
