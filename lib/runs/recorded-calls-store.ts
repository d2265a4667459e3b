import { and, asc, eq, inArray, isNotNull } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { spans } from "#/db/schema/runs.ts";
import { keptBodies, type SpanRow } from "./span-store.ts";

export type RecordedCallRow = Pick<
  SpanRow,
  "nodeId" | "tool" | "status" | "effectVerdict" | "callSignature" | "recordedSpan" | "reusedSpan"
>;

/** The tool calls that these runs of a workspace made, as far as a replay is answered from them. */
export async function listRecordedCalls(
  db: DbHandle,
  workspaceId: string,
  runIds: readonly string[],
): Promise<RecordedCallRow[]> {
  if (runIds.length === 0) return [];
  const rows = await db
    .select({
      nodeId: spans.nodeId,
      tool: spans.tool,
      status: spans.status,
      effectVerdict: spans.effectVerdict,
      callSignature: spans.callSignature,
      recordedSpan: spans.recordedSpan,
      reusedSpan: spans.reusedSpan,
    })
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), inArray(spans.runId, [...runIds]), isNotNull(spans.callSignature)))
    .orderBy(asc(spans.seq));
  return withRecord(db, workspaceId, rows);
}

/** The same calls; one whose answer was another run's, which was deleted, has no record to answer from. */
export async function withRecord<Row extends RecordedCallRow>(
  db: DbHandle,
  workspaceId: string,
  rows: readonly Row[],
): Promise<Row[]> {
  const elsewhere = (row: Row) => (row.callSignature === null ? null : (row.recordedSpan ?? row.reusedSpan));
  const kept = await keptBodies(
    db,
    workspaceId,
    rows.flatMap((row) => elsewhere(row) ?? []),
  );
  const isGone = (row: Row) => elsewhere(row) !== null && !kept.has(elsewhere(row) ?? "");
  return rows.map((row) => (isGone(row) ? { ...row, effectVerdict: "dry_run_simulated" } : row));
}
