import type { BatchItem, BatchItemStatus } from "#/lib/contract/batch.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findBatch, selectItems } from "./batch-store.ts";
import { itemView } from "./batch-view.ts";

/**
 * One page of a batch's items in the order of its selection, only those of `statuses` if any are given. `next` is the
 * position behind which the next page starts, null when there is none. Throws `not_found`.
 */
export async function listBatchItems(
  ctx: Ctx,
  id: string,
  page: { statuses: readonly BatchItemStatus[]; limit: number; after: number | null },
): Promise<{ data: BatchItem[]; next: number | null }> {
  authorize(ctx, "batch:read");
  const batch = await findBatch(ctx.db, ctx.workspace.id, id);
  if (!batch) throw notFound("Batch");
  const rows = await selectItems(ctx.db, batch, page);
  const shown = rows.slice(0, page.limit);
  return { data: shown.map(itemView), next: rows.length > page.limit ? (shown.at(-1)?.position ?? null) : null };
}
