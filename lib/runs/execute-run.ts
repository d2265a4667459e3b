import { timerMs } from "#/lib/core/timer.ts";
import { now } from "#/lib/core/clock.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { logger } from "#/lib/core/logger.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { complete, queues, send, type HeldJob } from "#/lib/queue/boss.ts";
import { database } from "#/db/client.ts";
import { isTransientFailure } from "#/db/failure.ts";
import { claimRun, ownerToken, releaseOwner, type Claim, type Claiming } from "./claim-store.ts";
import { countSettled } from "./engine-metrics.ts";
import { longWorkflows } from "./long-runs.ts";
import { openSession } from "./open-session.ts";
import { persistently } from "./persistently.ts";
import type { Session, StopReason } from "./session.ts";
import { settleRun, type Outcome } from "./settle-run.ts";
import { RunLost } from "./span-writer.ts";
import { walk } from "./walk.ts";

/** A run in a worker's hands. `stopping` is set when the worker itself ends, perhaps before there is a session. */
export type HeldRun = {
  runId: string;
  workspaceId: string;
  job: HeldJob;
  session: Session | null;
  stopping: Extract<StopReason, "handover" | "shutdown"> | null;
  claiming: Claiming;
};

/** What is to be done with the job: nothing more, or it is left to whoever executes long runs (`isBegun`: some steps were). */
export type Executed = "settled" | { isLong: true; isBegun: boolean };

/**
 * Runs a claimed job to the run's end, or until the run is let go. Resolves when the job is settled, or when the run is
 * long and its holder executes short ones; throws when something unforeseen happened and the job should go back to the
 * queue as a failed attempt.
 */
export async function executeRun(held: HeldRun): Promise<Executed> {
  const owner = ownerToken(held.job.id);
  const claimed = await persistently(() => claimRun(held.runId, owner, held.claiming));
  if (claimed === "long") return { isLong: true, isBegun: false };
  if (!claimed) {
    await complete(database(), queues.runs, [held.job]);
    return "settled";
  }
  announceRun(held.runId);
  logger.debug("run claimed");
  try {
    const { outcome, rev, isLong } = await work(held, claimed, owner);
    if (outcome.kind !== "lost") {
      const settled = await settleRun({ id: held.runId, workspaceId: held.workspaceId, owner }, outcome, rev, held.job);
      countSettled(settled ? outcome.kind : "lost");
      logger.info({ outcome: outcome.kind, settled }, "run settled");
      return "settled";
    }
    if (!held.stopping && isLong) return { isLong: true, isBegun: true };
    if (held.stopping) await passOn(held, owner, claimed.run.priority);
    logger.info("run let go");
  } catch (error) {
    if (!isTransientFailure(error)) throw error;
    logger.warn({ err: error }, "the database was away; the run is handed on");
    await passOn(held, owner, claimed.run.priority);
  }
  return "settled";
}

/**
 * Hands a run on: it keeps its slot, and whoever takes the new job continues after the last step that ended. Does
 * nothing when `owner` no longer holds the run.
 */
async function passOn(held: HeldRun, owner: string, priority: number): Promise<void> {
  await persistently(() =>
    database().transaction(async (tx) => {
      if (!(await releaseOwner(tx, held.runId, owner))) return;
      await complete(tx, queues.runs, [held.job]);
      await send(tx, [{ runId: held.runId, workspaceId: held.workspaceId, priority }]);
      await notify(tx, "jobs", held.workspaceId);
    }),
  );
}

async function work(
  held: HeldRun,
  claimed: Claim,
  owner: string,
): Promise<{ outcome: Outcome | { kind: "lost" }; rev?: number; isLong?: boolean }> {
  let session: Session;
  let isLong = false;
  const foundLong = () => {
    if (held.claiming.length === "any") return false;
    longWorkflows.add(held.workspaceId, claimed.run.workflowId);
    if (!held.session || held.session.outputs.holdsAltered) return false;
    isLong = true;
    held.session.stop.stop("handover");
    return true;
  };
  try {
    session = await persistently(() => openSession(claimed, owner, foundLong));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { code, message } = error;
    return { outcome: { kind: "failed", reason: "error", error: { code, message, nodeId: null, spanId: null } } };
  }
  held.session = session;
  if (held.stopping) session.stop.stop(held.stopping);
  const stopDeadline = startDeadline(claimed, session);
  try {
    const outcome = await walk(session);
    await session.writer.committed();
    return { outcome, rev: session.writer.nextRev(), isLong };
  } catch (error) {
    if (error instanceof RunLost) return { outcome: { kind: "lost" } };
    throw error;
  } finally {
    stopDeadline();
    session.stop.stop("lost");
  }
}

/**
 * Stops the run when its time is up, which may be further away than one timer can wait. Returns how to stop watching.
 */
function startDeadline({ run }: Claim, session: Session): () => void {
  const { deadlineAt } = run;
  if (deadlineAt === null) return () => {};
  const leftMs = () => deadlineAt.getTime() - now().getTime();
  const turn = () => {
    if (leftMs() <= 0) session.stop.stop("timed_out");
    else timer = setTimeout(turn, timerMs(leftMs()));
  };
  let timer = setTimeout(turn, timerMs(leftMs()));
  return () => clearTimeout(timer);
}
