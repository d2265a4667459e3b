import { and, asc, eq, isNotNull, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { accounts, members, workspaces } from "#/db/schema/tenancy.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { WorkspaceRef } from "./ctx.ts";

export const workspaceColumns = {
  id: workspaces.id,
  slug: workspaces.slug,
  name: workspaces.name,
  accountId: workspaces.accountId,
};

export async function selectWorkspaceBySlug(db: DbHandle, slug: string): Promise<WorkspaceRef | null> {
  const rows = await db.select(workspaceColumns).from(workspaces).where(eq(workspaces.slug, slug));
  return rows[0] ?? null;
}

export type MyWorkspace = { slug: string; name: string; accountName: string; role: Role };

export function selectWorkspacesOfUser(db: DbHandle, userId: string): Promise<MyWorkspace[]> {
  return db
    .select({ slug: workspaces.slug, name: workspaces.name, accountName: accounts.name, role: members.role })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .innerJoin(accounts, eq(accounts.id, workspaces.accountId))
    .where(eq(members.userId, userId))
    .orderBy(asc(accounts.name), asc(workspaces.name), asc(workspaces.slug));
}

export async function insertAccount(db: DbHandle, row: typeof accounts.$inferInsert): Promise<void> {
  await db.insert(accounts).values(row);
}

export async function insertWorkspace(db: DbHandle, row: typeof workspaces.$inferInsert): Promise<boolean> {
  const rows = await db.insert(workspaces).values(row).onConflictDoNothing().returning({ id: workspaces.id });
  return rows.length === 1;
}

export type WorkspaceRow = typeof workspaces.$inferSelect;

export async function selectWorkspace(db: DbHandle, id: string): Promise<WorkspaceRow | null> {
  const [row] = await db.select().from(workspaces).where(eq(workspaces.id, id));
  return row ?? null;
}

/** The row as it is now, locked until the transaction ends. */
export async function lockWorkspaceRow(tx: Transaction, id: string): Promise<WorkspaceRow | null> {
  const [row] = await tx.select().from(workspaces).where(eq(workspaces.id, id)).for("update");
  return row ?? null;
}

export async function updateSettings(
  tx: Transaction,
  id: string,
  settings: Pick<WorkspaceRow, "retentionDays" | "batchPace">,
): Promise<void> {
  await tx.update(workspaces).set(settings).where(eq(workspaces.id, id));
}

/** A workspace that does not keep runs indefinitely, with the days for which it keeps them. */
export type Retention = WorkspaceRef & { days: number };

export async function workspacesWithRetention(db: DbHandle): Promise<Retention[]> {
  return db
    .select({ ...workspaceColumns, days: sql<number>`${workspaces.retentionDays}` })
    .from(workspaces)
    .where(isNotNull(workspaces.retentionDays))
    .orderBy(workspaces.id);
}

/**
 * Keeps the times at which replays were accepted that are deleted within the quota's minute, since they go on counting;
 * older ones are forgotten. The caller holds the workspace's lock.
 */
export async function keepDeletedReplays(tx: Transaction, id: string, acceptedAt: readonly Date[]): Promise<void> {
  const times = JSON.stringify(acceptedAt);
  await tx
    .update(workspaces)
    .set({
      deletedReplays: sql`array(
        select t from unnest(${workspaces.deletedReplays}) t where t > clock_timestamp() - interval '60 seconds'
        union all select t::timestamptz from json_array_elements_text(${times}::text::json) t)`,
    })
    .where(
      and(eq(workspaces.id, id), sql`(cardinality(${workspaces.deletedReplays}) > 0 or ${acceptedAt.length} > 0)`),
    );
}
