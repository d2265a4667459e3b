import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Batch } from "#/lib/contract/batch.ts";
import { notFound } from "#/lib/core/errors.ts";
import { cancelRuns } from "#/lib/runs/cancel-runs.ts";
import { type AuditAction, recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import {
  assertRoomForBatch,
  findBatch,
  lockBatch,
  moveItems,
  unfinishedRuns,
  updateBatch,
  type BatchRow,
} from "./batch-store.ts";
import { readBatch } from "./get-batch.ts";
import { nextStatus, type BatchStep } from "./lifecycle.ts";

/** Submits no more until it is resumed; replays under way go on. Throws `not_found`, `illegal_transition`. */
export function pauseBatch(ctx: Ctx, id: string): Promise<Batch> {
  return change(ctx, id, "pause", async (tx, batch) => {
    await updateBatch(tx, batch, { status: "paused", statusReason: "user", nextAt: null });
  });
}

/**
 * Goes on, for whoever resumes it, with another cost cap if one is given (null = none). Throws `not_found`,
 * `illegal_transition`, `in_use` when a hundred batches run already.
 */
export function resumeBatch(
  ctx: Ctx,
  id: string,
  { maxCostMicros }: { maxCostMicros?: number | null | undefined } = {},
): Promise<Batch> {
  return change(ctx, id, "resume", async (tx, batch) => {
    await assertRoomForBatch(tx, ctx.workspace.id);
    const cap = maxCostMicros === undefined ? {} : { maxCostMicros };
    await updateBatch(tx, batch, { ...running(ctx), ...cap });
  });
}

/** Submits the refused, skipped and aborted items again, for whoever asks. Throws `not_found`, `in_use` as `resumeBatch`. */
export function retryBatch(ctx: Ctx, id: string): Promise<Batch> {
  return change(ctx, id, "retry", async (tx, batch) => {
    const moved = await moveItems(tx, batch, ["refused", "skipped", "aborted"], "queued");
    const isPaused = batch.status === "paused";
    if (moved === 0 || isPaused) return;
    if (batch.status !== "running") await assertRoomForBatch(tx, ctx.workspace.id);
    await updateBatch(tx, batch, running(ctx));
  });
}

/**
 * Submits no more, for good. Throws `not_found`, `illegal_transition`. `cancelRuns` also cancels its replays that have not
 * ended, one by one: done again, it cancels those that are left.
 */
export async function abortBatch(ctx: Ctx, id: string, options: { cancelRuns?: boolean } = {}): Promise<Batch> {
  authorize(ctx, "replay:submit");
  if (!options.cancelRuns) return abort(ctx, id);
  authorize(ctx, "run:control");
  const batch = await findBatch(ctx.db, ctx.workspace.id, id);
  if (batch?.status !== "aborted") await abort(ctx, id);
  await cancelRuns(ctx, await unfinishedRuns(ctx.db, { id, workspaceId: ctx.workspace.id }));
  return readBatch(ctx, id);
}

function abort(ctx: Ctx, id: string): Promise<Batch> {
  return change(ctx, id, "abort", async (tx, batch) => {
    await moveItems(tx, batch, ["queued"], "aborted");
    await updateBatch(tx, batch, { status: "aborted", statusReason: null, nextAt: null, finishedAt: ctx.clock.now() });
  });
}

const audited: Record<Exclude<BatchStep, "complete">, AuditAction> = {
  pause: "replay_batch.paused",
  resume: "replay_batch.resumed",
  abort: "replay_batch.aborted",
  retry: "replay_batch.retried",
};

function running(ctx: Ctx) {
  return {
    status: "running",
    statusReason: null,
    nextAt: ctx.clock.now(),
    finishedAt: null,
    actor: actorId(ctx.actor),
  } as const;
}

/** The workspace's lock comes first, as where a replay is submitted. */
async function change(
  ctx: Ctx,
  id: string,
  step: Exclude<BatchStep, "complete">,
  make: (tx: Transaction, batch: BatchRow) => Promise<void>,
): Promise<Batch> {
  authorize(ctx, "replay:submit");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const batch = await lockBatch(tx, { id, workspaceId: ctx.workspace.id });
    if (!batch) throw notFound("Batch");
    nextStatus(batch.status, step);
    await make(tx, batch);
    await recordAudit(ctx, tx, { action: audited[step], target: id, details: { status: batch.status } });
  });
  return readBatch(ctx, id);
}
