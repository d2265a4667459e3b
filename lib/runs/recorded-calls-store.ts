import { and, asc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { spanBodies, spans } from "#/db/schema/runs.ts";
import { formerSignature, isFormer } from "#/lib/tools/canonical-call.ts";
import { callRecord, spanBehind, type CallRecord, type Origin, type RecordableSpan } from "./recorded-calls.ts";
import { spanBodiesOf } from "./span-store.ts";

/** The tool calls of these runs of a workspace, as far as a replay is answered from them. */
export async function listCallRecords(
  db: DbHandle,
  workspaceId: string,
  runIds: readonly string[],
): Promise<CallRecord[]> {
  if (runIds.length === 0) return [];
  const rows = await db
    .select({
      id: spans.id,
      runId: spans.runId,
      nodeId: spans.nodeId,
      key: spans.key,
      tool: spans.tool,
      status: spans.status,
      error: spans.error,
      effectVerdict: spans.effectVerdict,
      callSignature: spans.callSignature,
      recordedRun: spans.recordedRun,
      recordedSpan: spans.recordedSpan,
      reusedRun: spans.reusedRun,
      reusedSpan: spans.reusedSpan,
    })
    .from(spans)
    .where(and(eq(spans.workspaceId, workspaceId), inArray(spans.runId, [...runIds]), isNotNull(spans.callSignature)))
    .orderBy(asc(spans.seq));
  return callRecords(db, workspaceId, rows);
}

/** The calls among these spans, each with its answer where there is still one. */
export async function callRecords(
  db: DbHandle,
  workspaceId: string,
  rows: readonly RecordableSpan[],
): Promise<CallRecord[]> {
  const calls = rows.filter((row) => row.callSignature !== null);
  const [origins, signatures] = await Promise.all([
    originsOf(
      db,
      workspaceId,
      calls.flatMap((row) => spanBehind(row) ?? []),
    ),
    formerSignatures(db, workspaceId, calls),
  ]);
  return calls.flatMap((row) => {
    const callSignature = signatures.get(row.id) ?? row.callSignature;
    return callRecord({ ...row, callSignature }, origins.get(spanBehind(row) ?? "") ?? null) ?? [];
  });
}

/** Spans that others were answered from, as far as they still have bodies. */
async function originsOf(db: DbHandle, workspaceId: string, ids: string[]): Promise<Map<string, Origin>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: spans.id, verdict: spans.effectVerdict })
    .from(spans)
    .innerJoin(spanBodies, eq(spanBodies.spanId, spans.id))
    .where(and(eq(spans.workspaceId, workspaceId), sql`${spans.id} = any(${sql.param(ids)}::text[])`));
  return new Map(rows.map(({ id, verdict }) => [id, { isSimulated: verdict === "dry_run_simulated" }]));
}

/** Calls that were signed by their arguments alone are identified by what was stored of them. */
async function formerSignatures(
  db: DbHandle,
  workspaceId: string,
  calls: readonly RecordableSpan[],
): Promise<Map<string, string>> {
  const former = calls.filter(({ callSignature }) => callSignature !== null && isFormer(callSignature));
  const holder = (row: RecordableSpan) => row.reusedSpan ?? row.id;
  const bodies = await spanBodiesOf(db, workspaceId, former.map(holder));
  return new Map(
    former.flatMap((row): [string, string][] => {
      const input = bodies.get(holder(row))?.input;
      if (input === undefined) return [];
      return [[row.id, formerSignature(row.tool ?? "", input, row.reusedRun ?? row.runId)]];
    }),
  );
}
