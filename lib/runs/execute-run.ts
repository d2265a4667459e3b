import { DomainError } from "#/lib/core/errors.ts";
import { logger } from "#/lib/core/logger.ts";
import { newId } from "#/lib/core/ids.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { complete, queues, send, type HeldJob } from "#/lib/queue/boss.ts";
import { database } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { claimRun, releaseOwner } from "./claim-store.ts";
import { openSession, type Claimed } from "./open-session.ts";
import type { Session } from "./session.ts";
import { settleRun, type Outcome } from "./settle-run.ts";
import { RunLost } from "./span-writer.ts";
import { walk } from "./walk.ts";

/** What the worker may do to a run that it holds. */
export type HeldRun = { runId: string; workspaceId: string; job: HeldJob; session: Session | null; stopNow: boolean };

/**
 * Runs a claimed job to the run's end, or to the point where it is let go. Resolves when the job is settled; throws when
 * the job should go back to the queue (the database failed, or something unforeseen).
 */
export async function executeRun(held: HeldRun): Promise<void> {
  const owner = newId("request");
  const claimed = await claimRun(held.runId, owner);
  if (!claimed) return complete(database(), queues.runs, held.job);
  announceRun(held.runId);
  const log = logger.child({ runId: held.runId, workspaceId: held.workspaceId });
  log.debug("run claimed");
  const { outcome, rev } = await work(held, claimed, owner);
  if (outcome.kind === "lost") {
    if (held.stopNow) await requeueRun(held, owner);
    return void log.info("run let go");
  }
  const settled = await settleRun({ id: held.runId, workspaceId: held.workspaceId, owner }, outcome, rev, held.job);
  log.info({ outcome: outcome.kind, settled }, "run settled");
}

/** A draining worker hands its run on: the slot is kept, another worker goes on behind the last step that ended. */
async function requeueRun(held: HeldRun, owner: string): Promise<void> {
  await inTransaction(database(), async (tx) => {
    if (!(await releaseOwner(tx, held.runId, owner))) return;
    await complete(tx, queues.runs, held.job);
    await send(tx, [{ runId: held.runId, workspaceId: held.workspaceId, priority: 0 }]);
    await notify(tx, "jobs", held.workspaceId);
  });
}

async function work(
  held: HeldRun,
  claimed: Claimed,
  owner: string,
): Promise<{ outcome: Outcome | { kind: "lost" }; rev?: number }> {
  let session: Session;
  try {
    session = await openSession(claimed, owner);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message } = error;
    return { outcome: { kind: "failed", reason: "error", error: { code, message, nodeId: null, spanId: null } } };
  }
  held.session = session;
  if (held.stopNow) session.stop.stop("shutdown");
  const deadline = startDeadline(claimed, session);
  try {
    const outcome = await walk(session);
    return { outcome, rev: session.writer.nextRev() };
  } catch (error) {
    if (error instanceof RunLost) return { outcome: { kind: "lost" } };
    throw error;
  } finally {
    clearTimeout(deadline);
    session.stop.stop("lost");
  }
}

/** The run's max duration counts from its first start, whoever holds it. */
function startDeadline({ run }: Claimed, session: Session): NodeJS.Timeout | undefined {
  if (run.deadlineAt === null) return undefined;
  const left = Math.max(0, run.deadlineAt.getTime() - Date.now());
  return setTimeout(() => session.stop.stop("timed_out"), Math.min(left, 2_147_483_647));
}
