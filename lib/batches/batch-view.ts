import { batchItemStatuses, type Batch, type BatchItem, type BatchSummary } from "#/lib/contract/batch.ts";
import type { BatchItemStatus } from "#/lib/contract/batch.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { noEffects } from "#/lib/contract/run.ts";
import { runStatuses, type RunStatus } from "#/lib/contract/status.ts";
import { sumEffects } from "#/lib/runs/sum-effects.ts";
import type { BatchItemRead, BatchNumbers, BatchRow, PaceUse } from "./batch-store.ts";

/** Path of a batch's page. */
export function batchUrl(workspaceSlug: string, id: string): string {
  return `/${workspaceSlug}/monitoring/replay-batches/${id}`;
}

export type BatchRead = { row: BatchRow; numbers: BatchNumbers; etaSeconds: number };

/** Row and numbers → the contract's batch as lists show it. Pure. */
export function batchSummary(workspaceSlug: string, { row, numbers, etaSeconds }: BatchRead): BatchSummary {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    statusReason: row.statusReason,
    total: row.total,
    etaSeconds: row.status === "paused" ? null : etaSeconds,
    author: row.author,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    counts: itemCounts(numbers),
    runCounts: tally(runStatuses, numbers.runs),
    url: batchUrl(workspaceSlug, row.id),
  };
}

/** The same with everything that is known of one batch. Pure. */
export function batchView(workspaceSlug: string, read: BatchRead, pace: PaceUse): Batch {
  const { row, numbers } = read;
  const refusals = numbers.items.flatMap(({ code, count }) => (code === null ? [] : [{ code, count }]));
  return {
    ...batchSummary(workspaceSlug, read),
    request: row.request as unknown as ReplayRequest,
    filter: row.filter as Batch["filter"],
    onRefusal: row.onRefusal,
    maxCostMicros: row.maxCostMicros,
    costMicros: numbers.unknownCost ? null : numbers.costMicros,
    refusals: refusals.sort((a, b) => b.count - a.count),
    effects: sumEffects(numbers.effects),
    pace: { limit: pace.limit, used: pace.used },
  };
}

/** How many items have which status. Pure. */
export function itemCounts({ items }: BatchNumbers): Record<BatchItemStatus, number> {
  return tally(batchItemStatuses, items);
}

function tally<S extends RunStatus | BatchItemStatus>(
  statuses: readonly S[],
  counted: readonly { status: S; count: number }[],
): Record<S, number> {
  const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<S, number>;
  for (const { status, count } of counted) counts[status] += count;
  return counts;
}

/** Item and runs → the contract's item. Pure. */
export function itemView(item: BatchItemRead): BatchItem {
  return {
    runId: item.runId,
    status: item.status,
    code: item.code,
    message: item.message,
    newRunId: item.newRunId,
    runStatus: item.runStatus,
    sourceStatus: item.sourceStatus,
    costMicros: item.costMicros,
    effects: item.runStatus === null ? null : { ...noEffects, ...item.effects },
  };
}
