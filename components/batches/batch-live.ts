import type { BatchSummary } from "#/lib/contract/batch.ts";
import { isFinal, runStatuses } from "#/lib/contract/status.ts";

/** Whether a batch may still change without anybody's doing: it submits, or waits to, or replays of it have not ended. Pure. */
export function isLive({ status, runCounts }: Pick<BatchSummary, "status" | "runCounts">): boolean {
  return status === "running" || status === "paused" || underWay(runCounts) > 0;
}

/** Its replays that have not ended. Pure. */
export function underWay(runCounts: BatchSummary["runCounts"]): number {
  return runStatuses.filter((status) => !isFinal(status)).reduce((sum, status) => sum + (runCounts[status] ?? 0), 0);
}
