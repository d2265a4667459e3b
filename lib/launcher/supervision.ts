import { setTimeout as sleep } from "node:timers/promises";
import { ensureDatabase, type Database } from "./postgres.ts";
import { identityOf, isAlive } from "./process-identity.ts";
import { describeExit, tail, type BackgroundProcess } from "./background-process.ts";

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A process that ran this long was healthy: the next restart is quick again. */
const healthyMs = 60_000;

export type Supervision = {
  start: () => BackgroundProcess;
  /** Called with each process that replaces an ended one. */
  onRestart: (process: BackgroundProcess) => void;
  report: (message: string) => void;
  stopping: AbortSignal;
};

/** Starts the process again whenever it ends, after a pause that doubles from 0.5 s to 30 s; until `stopping`. */
export async function keepRunning(first: BackgroundProcess, supervision: Supervision): Promise<void> {
  const { start, onRestart, report, stopping } = supervision;
  let current = first;
  let pauseMs = firstPauseMs;
  for (;;) {
    const since = Date.now();
    const exit = await current.exited;
    if (stopping.aborted) return;
    if (Date.now() - since > healthyMs) pauseMs = firstPauseMs;
    report(`${current.name} ended (${describeExit(exit)}); it starts again in ${pauseMs / 1000} s\n${tail(current)}`);
    await sleep(pauseMs);
    if (stopping.aborted) return;
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    current = start();
    onRestart(current);
  }
}

/** Starts the embedded server again when it is gone although the demo needs it; its port is free again then. */
export async function keepDatabaseRunning(
  database: Database,
  options: Pick<Supervision, "report" | "stopping"> & { onRestart: (database: Database) => void },
): Promise<void> {
  const { report, stopping, onRestart } = options;
  let server = database.pid === null ? null : identityOf(database.pid);
  while (server && !stopping.aborted) {
    await sleep(1_000, undefined, { ref: false });
    if (isAlive(server) || stopping.aborted) continue;
    report("PostgreSQL ended; it starts again");
    const restarted = await ensureDatabase();
    onRestart(restarted);
    if (restarted.url !== database.url) report(`PostgreSQL is at another address now: end the demo and start it again`);
    server = restarted.pid === null ? null : identityOf(restarted.pid);
  }
}
