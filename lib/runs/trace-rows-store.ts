import { max } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { spans } from "#/db/schema/runs.ts";
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
};

type TraceRow = Pick<SpanRow, Exclude<keyof typeof traceColumns, "reusedFromSpan">> & { reusedFromSpan: string | null };

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
