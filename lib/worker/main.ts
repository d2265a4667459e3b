import { closeDatabase, database } from "#/db/client.ts";
import { ConfigurationError, env, requireEnv } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { complete, fetch, queues, stopQueue, superviseQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements, listen } from "#/lib/queue/notify.ts";
import { buryRun, restoreLostJobs, sweepAdmissions } from "#/lib/runs/sweep.ts";
import { Worker } from "./worker.ts";

const sweepMs = 30_000;
const deadLetterMs = 2000;
/** How long the steps in flight may take when the worker ends; the rest of the 25 s of a drain is for handing runs on. */
const drainGraceMs = 15_000;

async function main(): Promise<void> {
  requireEnv(["DATABASE_URL", "REPRISE_MASTER_KEYS", "REPRISE_WORKER_SLOTS", "REPRISE_EGRESS_ALLOW"]);
  await superviseQueue();
  const worker = new Worker({ slots: env("REPRISE_WORKER_SLOTS") });
  await listen("jobs", () => worker.wake(), () => worker.wake());
  await listen("control", (runId) => void worker.control(runId));
  const timers = [every(sweepMs, sweepAdmissions), every(sweepMs, restoreLostJobs), every(deadLetterMs, buryDeadRuns)];
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(worker, timers));
  logger.info({ slots: env("REPRISE_WORKER_SLOTS") }, "worker ready");
  await worker.work();
}

async function stop(worker: Worker, timers: NodeJS.Timeout[]): Promise<void> {
  logger.info({ running: worker.running }, "worker drains");
  for (const timer of timers) clearInterval(timer);
  await worker.drain(drainGraceMs);
  await flushAnnouncements().catch(() => {});
  await stopQueue();
  await closeDatabase();
  process.exit(0);
}

async function buryDeadRuns(): Promise<void> {
  for (const job of await fetch(queues.deadRuns, 50)) {
    await buryRun(job.data);
    await complete(database(), queues.deadRuns, job);
  }
}

/** Repeats a task, never twice at once; a failure is logged and the next turn tries again. */
function every(ms: number, task: () => Promise<unknown>): NodeJS.Timeout {
  let busy = false;
  return setInterval(() => {
    if (busy) return;
    busy = true;
    task()
      .catch((error: unknown) => logger.error({ err: error }, `${task.name} failed`))
      .finally(() => {
        busy = false;
      });
  }, ms);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
  else logger.fatal({ err: error }, "worker stopped");
  process.exit(1);
});
