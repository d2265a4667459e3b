import { and, asc, eq, gt, sql } from "drizzle-orm";
import { database, type DbHandle, type Transaction } from "#/db/client.ts";
import { approvals, spanBodies, spans } from "#/db/schema/runs.ts";
import { ofRun, type SpanRow } from "./span-store.ts";

export type ApprovalRow = typeof approvals.$inferSelect;

/** The decision on an approval, if there is one. */
export async function findApproval(spanId: string): Promise<ApprovalRow | null> {
  const [row] = await database().select().from(approvals).where(eq(approvals.spanId, spanId));
  return row ?? null;
}

/** Writes the decision; false when someone has already decided. */
export async function insertApproval(
  tx: Transaction,
  row: Pick<ApprovalRow, "spanId" | "decision" | "comment" | "decidedBy">,
): Promise<boolean> {
  const rows = await tx.insert(approvals).values(row).onConflictDoNothing().returning({ spanId: approvals.spanId });
  return rows.length > 0;
}

/**
 * Spans of a run that wait for a decision that can still be made, after an order number; at most `limit`. Timers are
 * not included.
 */
export async function openWaits(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  after: number,
  limit: number,
): Promise<SpanRow[]> {
  const rows = await db
    .select({ span: spans })
    .from(spans)
    .innerJoin(spanBodies, eq(spanBodies.spanId, spans.id))
    .leftJoin(approvals, eq(approvals.spanId, spans.id))
    .where(
      and(
        ofRun(workspaceId, runId),
        gt(spans.seq, after),
        eq(spans.kind, "wait"),
        eq(spans.status, "waiting"),
        sql`${spanBodies.input}->'approval' is not null`,
        sql`${approvals.spanId} is null`,
        sql`(${spans.wakeAt} is null or ${spans.wakeAt} > now())`,
      ),
    )
    .orderBy(asc(spans.seq))
    .limit(limit);
  return rows.map((row) => row.span);
}
