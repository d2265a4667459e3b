import { asc, eq } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
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
