import { and, asc, eq, gt, max } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { runs, spans } from "#/db/schema/runs.ts";
import { behindSpan, inPages, ofRun, spanOrder, type SpanRow } from "./span-store.ts";

/** What a trace shows of a span, without bodies: half of its columns. */
const traceColumns = {
  id: spans.id,
  parentId: spans.parentId,
  key: spans.key,
  kind: spans.kind,
  nodeId: spans.nodeId,
  name: spans.name,
  status: spans.status,
  startedAt: spans.startedAt,
  finishedAt: spans.finishedAt,
  attempt: spans.attempt,
  modelRef: spans.modelRef,
  inputTokens: spans.inputTokens,
  outputTokens: spans.outputTokens,
  cacheReadTokens: spans.cacheReadTokens,
  cacheWriteTokens: spans.cacheWriteTokens,
  reasoningTokens: spans.reasoningTokens,
  costMicros: spans.costMicros,
  madeCall: spans.madeCall,
  effectVerdict: spans.effectVerdict,
  mutating: spans.mutating,
  reusedFromSpan: spans.reusedSpan,
  seq: spans.seq,
  startRev: spans.startRev,
  rev: spans.rev,
};

export type TraceRow = Pick<SpanRow, Exclude<keyof typeof traceColumns, "reusedFromSpan">> & {
  reusedFromSpan: string | null;
};

/** What a trace shows of its run. */
const tracedRun = { id: runs.id, status: runs.status, rev: runs.rev, startedAt: runs.startedAt };
export type TracedRun = Pick<typeof runs.$inferSelect, keyof typeof tracedRun>;

export async function findTracedRun(db: DbHandle, workspaceId: string, runId: string): Promise<TracedRun | null> {
  const [row] = await db
    .select(tracedRun)
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.id, runId)));
  return row ?? null;
}

/**
 * Spans that changed after number `after` of the run's counter, in the order of their last changes; at most `limit`. No
 * two of a run have one number, and they are committed in that order, so nothing is missed behind the last one read.
 */
export function tracesChangedAfter(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  after: number,
  limit: number,
): Promise<TraceRow[]> {
  return db
    .select(traceColumns)
    .from(spans)
    .where(and(ofRun(workspaceId, runId), gt(spans.rev, after)))
    .orderBy(asc(spans.rev))
    .limit(limit);
}

/** The number of the last change of a span of this run; 0 = it has none. */
export async function lastChange(db: DbHandle, workspaceId: string, runId: string): Promise<number> {
  const [row] = await db
    .select({ rev: max(spans.rev) })
    .from(spans)
    .where(ofRun(workspaceId, runId));
  return row?.rev ?? 0;
}

/** All spans of a run as the trace shows them, in the order in which they began. */
export function listTraceRows(db: DbHandle, workspaceId: string, runId: string): Promise<TraceRow[]> {
  return inPages<TraceRow>(db, (handle, after, limit) =>
    handle
      .select(traceColumns)
      .from(spans)
      .where(behindSpan(workspaceId, runId, after))
      .orderBy(...spanOrder)
      .limit(limit),
  );
}
