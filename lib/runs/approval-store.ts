import { eq } from "drizzle-orm";
import { database, type Transaction } from "#/db/client.ts";
import { approvals } from "#/db/schema/runs.ts";

export type ApprovalRow = typeof approvals.$inferSelect;

/** The decision on an approval, if it was made. */
export async function findApproval(spanId: string): Promise<ApprovalRow | null> {
  const [row] = await database().select().from(approvals).where(eq(approvals.spanId, spanId));
  return row ?? null;
}

/** Writes the decision; false when somebody has decided already. */
export async function insertApproval(
  tx: Transaction,
  row: Pick<ApprovalRow, "spanId" | "decision" | "comment" | "decidedBy">,
): Promise<boolean> {
  const rows = await tx.insert(approvals).values(row).onConflictDoNothing().returning({ spanId: approvals.spanId });
  return rows.length > 0;
}
