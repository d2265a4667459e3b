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
import { WorkspaceTurns } from "./workspace-turns.ts";

const missedAfterSeconds = 60;
/** Runs with a slot that one sweep looks at, and workspaces that it admits runs of. */
const [runsPerSweep, workspacesPerSweep] = [1000, 1000];
const longestSweepMs = 10_000;
const [turns, turnsOfJobs] = [new WorkspaceTurns(longestSweepMs), new WorkspaceTurns(longestSweepMs)];
/** Where the next sweep goes on. */
let swept: { id: string; workspaceId: string } | null = null;

/**
 * Admits runs in workspaces that have queued runs and room: repairs slots that a dying process did not pass on. They are
 * attended to in turns, so one that fails or is locked keeps no other waiting.
 */
export async function sweepAdmissions(): Promise<number> {
  const workspaces = await workspacesWithBacklog(database(), workspacesPerSweep, turns.busy);
  let admitted = 0;
  await turns.attend(
    workspaces.map((id) => ({ id, workspaceId: id })),
    async ({ workspaceId }) => {
      const ids = await inTransaction(database(), async (tx) => {
        await lockWorkspace(tx, workspaceId);
        return admit(tx, [workspaceId]);
      });
      admitted += ids.length;
    },
  );
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
 * backup. Whoever held the run writes nothing more. Looks at a thousand runs, and at once at the next thousand where one
 * had no job; the next time it goes on behind them.
 */
export async function restoreLostJobs(afterSeconds = missedAfterSeconds): Promise<number> {
  let restored = 0;
  for (let found = 1; found > 0;) {
    const page = await longAdmitted(database(), afterSeconds, { limit: runsPerSweep, after: swept });
    swept = page.next;
    found = await restoreJobs(page.runs);
    restored += found;
  }
  return restored;
}

async function restoreJobs(admitted: { id: string; workspaceId: string }[]): Promise<number> {
  const queued = await runsInQueue(
    database(),
    admitted.map((run) => run.id),
  );
  let restored = 0;
  const lost = admitted.filter((run) => !queued.has(run.id));
  await turnsOfJobs.attend(lost, async ({ id, workspaceId }) => {
    const isRestored = await database().transaction(async (tx) => {
      const run = await lockAdmitted(tx, id);
      if (!run || (await runsInQueue(tx, [id])).has(id)) return false;
      if (run.owner !== null) await releaseOwner(tx, id, run.owner);
      await send(tx, [{ runId: id, workspaceId, priority: run.priority }]);
      await notify(tx, "jobs", workspaceId);
      logger.warn({ runId: id, workspaceId }, "run had no job; it got a new one");
      return true;
    });
    if (isRestored) restored++;
  });
  return restored;
}
