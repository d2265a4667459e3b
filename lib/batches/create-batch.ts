import { inTransaction } from "#/db/transaction.ts";
import type { BatchAccepted, BatchRequest } from "#/lib/contract/batch.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { assertRoomForBatch, insertBatch, paceUse, runningBatches } from "./batch-store.ts";
import { batchUrl } from "./batch-view.ts";
import { chooseRuns, type ChosenRuns } from "./choose-runs.ts";
import { etaOf } from "./get-batch.ts";

/**
 * Accepts a batch: freezes which runs it replays, and begins at once. A run that cannot be replayed becomes a refused
 * item when its turn comes. Throws as `chooseRuns` does, `validation_failed` for a payload for several runs, and `in_use`
 * when a hundred batches run already.
 */
export async function createBatch(ctx: Ctx, request: BatchRequest): Promise<BatchAccepted> {
  authorize(ctx, "replay:submit");
  return inTransaction(ctx.db, async (tx) => {
    const within = { ...ctx, db: tx };
    const chosen = await chooseRuns(within, request);
    assertOnePayload(request, chosen);
    const now = ctx.clock.now();
    const actor = actorId(ctx.actor);
    const isEmpty = chosen.ids.length === 0;
    await lockWorkspace(tx, ctx.workspace.id);
    if (!isEmpty) await assertRoomForBatch(tx, ctx.workspace.id);
    const [waiting, pace] = [await runningBatches(tx, ctx.workspace.id), await paceUse(tx, ctx.workspace.id)];
    const row = await insertBatch(
      tx,
      {
        id: newId("batch"),
        workspaceId: ctx.workspace.id,
        name: request.name ?? null,
        status: isEmpty ? "completed" : "running",
        finishedAt: isEmpty ? now : null,
        nextAt: isEmpty ? null : now,
        request: (request.request ?? {}) as unknown as JsonObject,
        filter: chosen.filter,
        onRefusal: request.onRefusal ?? "skip",
        maxCostMicros: request.maxCostMicros ?? null,
        total: chosen.ids.length,
        author: actor,
        actor,
      },
      chosen.ids,
    );
    const details = { runs: row.total, mode: request.request?.mode ?? "as_is" };
    await recordAudit(ctx, tx, { action: "replay_batch.created", target: row.id, details });
    return {
      id: row.id,
      total: row.total,
      status: row.status,
      etaSeconds: etaOf(row.id, row.total, waiting, pace),
      url: batchUrl(ctx.workspace.slug, row.id),
    };
  });
}

/** One payload cannot be meant for several runs. Throws `validation_failed`. Pure. */
export function assertOnePayload(request: BatchRequest, { ids }: ChosenRuns): void {
  if (request.request?.payload !== undefined && ids.length > 1)
    throw invalidField("body.request.payload", "is only possible with one run");
}
