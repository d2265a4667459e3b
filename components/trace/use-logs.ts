"use client";

import { readLogs } from "#/components/data/run-reads.ts";
import { useTail } from "#/components/data/use-tail.ts";
import type { LogLevel } from "#/lib/contract/status.ts";

/**
 * The lines of a run, or of one span and those inside it, from `level` up: a page at first, the next ones on demand, and
 * what is new whenever `revision` moves.
 */
export function useLogs(
  workspaceSlug: string,
  runId: string,
  of: { spanId?: string; level?: LogLevel },
  revision: string,
) {
  const { spanId, level } = of;
  return useTail({
    queryKey: ["logs", workspaceSlug, runId, spanId, level],
    readAfter: (after, signal) => readLogs(workspaceSlug, runId, { spanId, level, after }, signal),
    revision,
  });
}
