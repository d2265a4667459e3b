import { database } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { logger } from "#/lib/core/logger.ts";
import { runsInQueue, send } from "#/lib/queue/boss.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit, workspacesWithBacklog } from "./admission-store.ts";
import { lockAdmitted, longAdmitted, releaseOwner } from "./claim-store.ts";
import { persistently } from "./persistently.ts";
import { lockRun } from "./run-store.ts";
import { settleIn } from "./settle-run.ts";

const missedAfterSeconds = 60;

/** Admits runs in workspaces that have queued runs and room: repairs slots that a dying process did not pass on. */
export async function sweepAdmissions(): Promise<number> {
  const workspaces = await workspacesWithBacklog(database());
  let admitted = 0;
  for (const workspaceId of workspaces)
    admitted += await inTransaction(database(), async (tx) => {
      await lockWorkspace(tx, workspaceId);
      return (await admit(tx, [workspaceId])).length;
    });
  return admitted;
}

/** Ends a run whose job has used up its retries: its workers died one after another. */
export async function buryRun(run: RunPlace): Promise<void> {
  await endRun(run, "crashed", "crashed", "The run's workers were lost repeatedly.");
}

/**
 * Ends a run that the engine could not continue, however often it tried, for a reason that is neither the run's nor its
 * workers' end. The cause is in the worker's log.
 */
export async function giveUpRun(run: RunPlace): Promise<void> {
  const message = `The engine could not continue the run. The worker's log has the cause, under ${run.runId}.`;
  await endRun(run, "system_failure", "internal", message);
}

type RunPlace = { runId: string; workspaceId: string };

async function endRun(
  { runId: id, workspaceId }: RunPlace,
  reason: "crashed" | "system_failure",
  code: "crashed" | "internal",
  message: string,
): Promise<void> {
  await persistently(() =>
    database().transaction(async (tx) => {
      await lockWorkspace(tx, workspaceId);
      if (!(await lockRun(tx, workspaceId, id))) return;
      const error = { code, message, nodeId: null, spanId: null };
      await settleIn(tx, { id, workspaceId }, { kind: "failed", reason, error });
      await admit(tx, [workspaceId]);
    }),
  );
  announceRun(id);
}

/**
 * Gives a new job to each run that has a slot but no job, because the queue's tables were emptied or restored from a
 * backup. Whoever held the run writes nothing more.
 */
export async function restoreLostJobs(afterSeconds = missedAfterSeconds): Promise<number> {
  const admitted = await longAdmitted(database(), afterSeconds);
  const queued = await runsInQueue(
    database(),
    admitted.map((run) => run.id),
  );
  let restored = 0;
  for (const { id, workspaceId } of admitted.filter((run) => !queued.has(run.id)))
    restored += await database().transaction(async (tx) => {
      const run = await lockAdmitted(tx, id);
      if (!run || (await runsInQueue(tx, [id])).has(id)) return 0;
      if (run.owner !== null) await releaseOwner(tx, id, run.owner);
      await send(tx, [{ runId: id, workspaceId, priority: run.priority }]);
      await notify(tx, "jobs", workspaceId);
      logger.warn({ runId: id, workspaceId }, "run had no job; it got a new one");
      return 1;
    });
  return restored;
}
