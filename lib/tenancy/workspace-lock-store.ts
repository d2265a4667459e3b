import { eq, sql } from "drizzle-orm";
import type { Transaction } from "#/db/client.ts";
import { workspaces } from "#/db/schema/tenancy.ts";

/**
 * Takes the lock under which quota and admission are exact. Always before any lock on a run's row, so that two
 * transactions cannot wait for each other. Its own statement: a count in the same one would see the state before the wait.
 */
export async function lockWorkspace(tx: Transaction, workspaceId: string): Promise<void> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for("update");
}

/**
 * Takes those of the workspaces' locks that are free now, in the order of their ids, so that two
 * transactions cannot wait for each other. Returns the ids locked.
 */
export async function lockFreeWorkspaces(tx: Transaction, workspaceIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from workspaces where id = any(${sql.param([...new Set(workspaceIds)])}::text[])
    order by id for update skip locked`);
  return new Set(rows.map((row) => row.id));
}
