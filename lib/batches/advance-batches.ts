import { database } from "#/db/client.ts";
import type { BatchStatusReason } from "#/lib/contract/batch.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { quotaUse } from "#/lib/replay/store.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { WorkspaceTurns } from "#/lib/runs/workspace-turns.ts";
import { actorBehind } from "#/lib/tenancy/actor-behind.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { selectWorkspace } from "#/lib/tenancy/workspace-store.ts";
import {
  countFailure,
  dueWorkspaces,
  endedBatches,
  isUnfinished,
  lockBatch,
  lookAgain,
  markRefused,
  markSubmitted,
  moveItems,
  nextBatch,
  nextItem,
  paceUse,
  spentMicros,
  updateBatch,
  type BatchItemRow,
  type BatchRow,
} from "./batch-store.ts";
import { nextStatus } from "./lifecycle.ts";

const perTurn = 200;
/** How long one workspace is attended to before others have their turn; what has begun is done. */
const turnMs = 100;
/** How late the end of a batch's last replay may be noticed. */
const lookMs = 1000;
/** Failures that say nothing about the item, after which it is refused all the same: the others must not wait for it. */
const mostFailures = 3;
const turns = new WorkspaceTurns();

/**
 * Submits what running batches may submit now, and completes those that have ended. Called over and over by one process
 * at a time; two at once do no harm, since an item and its run are written in one transaction under the workspace's lock.
 */
export async function advanceBatches(): Promise<void> {
  const workspaces = await dueWorkspaces(database(), perTurn, turns.busy);
  await turns.attend(
    workspaces.map((id) => ({ id, workspaceId: id })),
    ({ workspaceId }) => advanceWorkspace(workspaceId),
  );
}

/**
 * Until the workspace's pace or quota is used up, nothing waits, something fails, or its turn is over: items that are
 * refused use up neither. Its batches take turns.
 */
async function advanceWorkspace(workspaceId: string): Promise<void> {
  const db = database();
  const began = performance.now();
  for (const batch of await endedBatches(db, workspaceId, perTurn)) await complete(batch);
  while (performance.now() - began < turnMs) {
    const next = await nextBatch(db, workspaceId);
    if (!next) return lookAgain(db, workspaceId, lookMs);
    const [pace, quota] = await Promise.all([paceUse(db, workspaceId), quotaUse(db, workspaceId)]);
    const waitMs = Math.max(pace.waitMs, quota.retryAfterMs);
    if (waitMs > 0) return lookAgain(db, workspaceId, Math.min(waitMs, lookMs));
    await submitNext(next);
  }
  // Behind all others that are due.
  return lookAgain(db, workspaceId, 0);
}

async function complete(batch: BatchRow): Promise<void> {
  await database().transaction(async (tx) => {
    const now = await lockBatch(tx, batch);
    if (now?.status !== "running" || (await isUnfinished(tx, batch))) return;
    const status = nextStatus(now.status, "complete");
    await updateBatch(tx, batch, { status, nextAt: null, finishedAt: systemClock.now() });
  });
}

/** Submits the batch's next item, or notes why it cannot be. */
async function submitNext(batch: BatchRow): Promise<void> {
  const db = database();
  const item = await nextItem(db, batch);
  if (!item) return;
  const isSpent = batch.maxCostMicros !== null && (await spentMicros(db, batch)) >= batch.maxCostMicros;
  if (isSpent) return pauseFor(batch, "cost_cap");
  const ctx = await contextOf(batch);
  if (!ctx) return pauseFor(batch, "forbidden");
  try {
    await submitReplay(ctx, item.runId, batch.request as unknown as ReplayRequest, {
      batch: { id: batch.id, claim: (tx, accepted) => claim(tx, item, accepted) },
    });
  } catch (error) {
    await attendTo(error, batch, item);
  }
}

/** Whoever the batch acts for, with their rights of now; null when they have left or their key is gone. */
async function contextOf(batch: BatchRow): Promise<Ctx | null> {
  const [actor, workspace] = await Promise.all([
    actorBehind(database(), batch.workspaceId, batch.actor),
    selectWorkspace(database(), batch.workspaceId),
  ]);
  if (!actor || !workspace) return null;
  return { actor, workspace, db: database(), clock: systemClock, requestId: newId("request") };
}

/** Thrown where a batch may not submit its item after all: it was paused, or another process was faster. */
class NotItsTurn extends Error {}

/** Under the workspace's lock: the pace still allows it, the batch still runs, the item still waits. */
async function claim(
  tx: Parameters<typeof lockBatch>[0],
  item: BatchItemRow,
  accepted: { runId: string; at: Date },
): Promise<void> {
  const { limit, used } = await paceUse(tx, item.workspaceId);
  const batch = await lockBatch(tx, { id: item.batchId, workspaceId: item.workspaceId });
  const isAllowed = used < limit && batch?.status === "running" && (await markSubmitted(tx, item, accepted));
  if (!isAllowed) throw new NotItsTurn();
}

async function attendTo(error: unknown, batch: BatchRow, item: BatchItemRow): Promise<void> {
  if (error instanceof NotItsTurn) return;
  if (error instanceof DomainError) {
    // Somebody's own replays were faster; the item waits on.
    if (error.code === "replay_quota_exceeded") return;
    return error.code === "forbidden" ? pauseFor(batch, "forbidden") : refuse(batch, item, error);
  }
  const isHopeless = item.failures + 1 >= mostFailures;
  if (isHopeless) await refuse(batch, item, { code: "internal", message: "Something went wrong on our side." });
  else await database().transaction((tx) => countFailure(tx, item));
  throw error;
}

async function refuse(batch: BatchRow, item: BatchItemRow, { code, message }: Pick<DomainError, "code" | "message">) {
  await database().transaction(async (tx) => {
    const now = await lockBatch(tx, batch);
    if (now?.status !== "running") return;
    await markRefused(tx, item, { code, message });
    if (now.onRefusal === "stop") await moveItems(tx, batch, ["queued"], "skipped");
  });
}

async function pauseFor(batch: BatchRow, reason: BatchStatusReason): Promise<void> {
  await database().transaction(async (tx) => {
    const now = await lockBatch(tx, batch);
    if (now?.status !== "running") return;
    await updateBatch(tx, batch, { status: nextStatus(now.status, "pause"), statusReason: reason, nextAt: null });
  });
}
