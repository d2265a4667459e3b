import { database } from "#/db/client.ts";
import { logger } from "#/lib/core/logger.ts";
import { advanceBatches } from "#/lib/batches/advance-batches.ts";
import { complete, fail, fetch, queues } from "#/lib/queue/boss.ts";
import { Leadership } from "#/lib/queue/leadership.ts";
import { deleteAgedRuns } from "#/lib/runs/delete-aged-runs.ts";
import { buryRun, restoreLostJobs, sweepAdmissions } from "#/lib/runs/sweep.ts";
import { wakeDueRuns, wakeRunsWithVersion } from "#/lib/runs/wake-runs.ts";
import { dropAgedAccess } from "#/lib/tenancy/aged-access.ts";
import { dropAgedIdempotencyKeys } from "#/lib/tenancy/idempotency.ts";
import { runSchedules } from "#/lib/schedules/run-schedules.ts";
import { settleAwaitedVersions } from "#/lib/workflows/version-store.ts";
import { resealSecrets } from "./reseal-secrets.ts";

const sweepMs = 30_000;
const deadLetterMs = 2000;
/** How late a delay, a timer or a TTL may be noticed. */
const dueMs = 250;
const versionMs = 1000;
const batchMs = 250;
/** How late a schedule's tick may be taken. */
const scheduleMs = 250;
const hourMs = 3_600_000;
const soonMs = 2000;
const retentionMs = 600_000;

/**
 * What workers do besides their runs: wake what is due, repair what a dead process left; one of them, the leader, also
 * submits what batches may submit and starts what is scheduled.
 */
export function startHousekeeping(): { stop(): Promise<void> } {
  const leadership = new Leadership("housekeeping");
  leadership.start();
  const timers = [
    every(batchMs, async function leadBatches() {
      if (leadership.leads) await advanceBatches();
    }),
    every(scheduleMs, async function leadSchedules() {
      if (leadership.leads) await runSchedules();
    }),
    every(dueMs, wakeDueRuns),
    every(versionMs, wakeRunsWithVersion),
    every(deadLetterMs, buryDeadRuns),
    every(sweepMs, settleVersions),
    every(sweepMs, sweepAdmissions),
    every(sweepMs, restoreLostJobs),
    every(hourMs, dropOldKeys),
    every(retentionMs, dropOldAccess),
    every(hourMs, resealSecrets),
    soon(resealSecrets),
    every(retentionMs, deleteAgedRuns),
  ];
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await leadership.stop();
    },
  };
}

async function settleVersions(): Promise<void> {
  await settleAwaitedVersions(database());
}

async function dropOldKeys(): Promise<void> {
  await dropAgedIdempotencyKeys(database());
}

async function dropOldAccess(): Promise<void> {
  await dropAgedAccess(database());
}

async function buryDeadRuns(): Promise<void> {
  for (const job of await fetch(queues.deadRuns, 50))
    try {
      await buryRun(job.data);
      await complete(database(), queues.deadRuns, [job]);
    } catch (error) {
      // One that cannot be ended now must not keep the others, of other workspaces, from their end.
      logger.error({ err: error, runId: job.data.runId }, "a lost run could not be ended");
      await fail(queues.deadRuns, job, "not ended");
    }
}

/** Runs a task once, soon after the worker starts: a new first master key applies from the start. */
function soon(task: () => Promise<unknown>): NodeJS.Timeout {
  return setTimeout(() => {
    task().catch((error: unknown) => logger.error({ err: error }, `${task.name} failed`));
  }, soonMs);
}

/** Repeats a task, never two at once; a failure is logged and the next turn tries again. */
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
