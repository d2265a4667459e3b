import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type ReluctantRelay = Awaited<ReturnType<typeof startReluctantRelay>>;

const synSent = "02";

/**
 * A server in front of another (`target`, a URL) that can stop accepting: the kernel then leaves whoever connects
 * waiting, as with an overloaded server. A process of its own, because only a stopped process does not accept. Linux
 * only.
 */
export async function startReluctantRelay(target: string) {
  const child: ChildProcess = fork(new URL("./relay-process.ts", import.meta.url), [new URL(target).port], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const port = await new Promise<number>((resolve) => child.once("message", (message) => resolve(Number(message))));
  const host = `127.0.0.1:${port}`;
  const fillers: Socket[] = [];
  const signal = (name: "SIGSTOP" | "SIGCONT") => process.kill(child.pid as number, name);
  return {
    host,
    url: `http://${host}`,
    /** From now on no further connection is accepted. */
    async stopAccepting() {
      signal("SIGSTOP");
      // As many as the kernel takes in on its behalf, and one that it does not.
      while (connecting(port) === 0) {
        const filler = connect(port, "127.0.0.1").on("error", () => {});
        fillers.push(filler);
        while (filler.connecting && connecting(port) === 0) await sleep(1);
      }
    },
    /** How many callers wait for their connection to be accepted. */
    waiting: () => connecting(port) - 1,
    /** Accepts them all. Their kernel tries again after a second. */
    accept() {
      for (const filler of fillers.splice(0)) filler.destroy();
      signal("SIGCONT");
    },
    async close() {
      signal("SIGCONT");
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Connections to this port that the other side has not accepted, as the kernel lists them. */
function connecting(port: number): number {
  const to = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(to) && state === synSent).length;
}
