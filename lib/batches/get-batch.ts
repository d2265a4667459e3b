import type { DbHandle } from "#/db/client.ts";
import type { Batch, BatchSummary } from "#/lib/contract/batch.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { sliceOf, type After, type Slice } from "#/lib/tenancy/keyset.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import {
  batchNumbers,
  findBatch,
  paceUse,
  selectBatches,
  runningBatches,
  type BatchRow,
  type PaceUse,
  type RunningBatch,
} from "./batch-store.ts";
import { batchSummary, batchView, itemCounts, type BatchRead } from "./batch-view.ts";
import { etaSeconds } from "./pace.ts";

/** One batch with its progress. Throws `not_found`. */
export async function getBatch(ctx: Ctx, id: string): Promise<Batch> {
  authorize(ctx, "batch:read");
  return readBatch(ctx, id);
}

/** The same for verbs that have authorised already. */
export async function readBatch(ctx: Ctx, id: string): Promise<Batch> {
  const row = await findBatch(ctx.db, ctx.workspace.id, id);
  if (!row) throw notFound("Batch");
  const { reads, pace } = await readBatches(ctx.db, ctx.workspace.id, [row]);
  return batchView(ctx.workspace.slug, reads[0] as BatchRead, pace);
}

/** The workspace's batches, newest first, with their counts. */
export async function listBatches(
  ctx: Ctx,
  page: { limit: number; after: After | null },
): Promise<Slice<BatchSummary>> {
  authorize(ctx, "batch:read");
  const { data: rows, next } = sliceOf(await selectBatches(ctx.db, ctx.workspace.id, page), page.limit, (row) => row);
  const { reads } = await readBatches(ctx.db, ctx.workspace.id, rows);
  return { data: reads.map((read) => batchSummary(ctx.workspace.slug, read)), next };
}

/** What is known of these batches, and the pace of their workspace at that moment. */
async function readBatches(
  db: DbHandle,
  workspaceId: string,
  rows: BatchRow[],
): Promise<{ reads: BatchRead[]; pace: PaceUse }> {
  const ids = rows.map(({ id }) => id);
  const isWaiting = rows.some(({ status, queued }) => status === "running" && queued > 0);
  const [numbers, waiting, pace] = await Promise.all([
    batchNumbers(db, workspaceId, ids),
    isWaiting ? runningBatches(db, workspaceId) : [],
    paceUse(db, workspaceId),
  ]);
  const reads = rows.map((row) => {
    const own = numbers.get(row.id) ?? { items: [], runs: [], costMicros: 0, unknownCost: false, effects: [] };
    return { row, numbers: own, etaSeconds: etaOf(row.id, itemCounts(own).queued, waiting, pace) };
  });
  return { reads, pace };
}

/** Beside the other running batches of the workspace. Pure. */
export function etaOf(id: string | null, queued: number, waiting: readonly RunningBatch[], pace: PaceUse): number {
  const others = waiting.filter((batch) => batch.id !== id).map((other) => other.queued);
  return etaSeconds(queued, others, pace);
}
