import { and, eq } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { identities, members, users, workspaces } from "#/db/schema/tenancy.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { WorkspaceRef } from "./ctx.ts";
import { workspaceColumns } from "./workspace-store.ts";

export type UserRow = typeof users.$inferSelect;

export async function selectUserByEmail(db: DbHandle, email: string): Promise<UserRow | null> {
  const rows = await db.select().from(users).where(eq(users.email, email));
  return rows[0] ?? null;
}

export async function selectUserById(db: DbHandle, id: string): Promise<UserRow | null> {
  const rows = await db.select().from(users).where(eq(users.id, id));
  return rows[0] ?? null;
}

export async function selectUserByIdentity(db: DbHandle, provider: string, subject: string): Promise<UserRow | null> {
  const rows = await db
    .select({ user: users })
    .from(identities)
    .innerJoin(users, eq(users.id, identities.userId))
    .where(and(eq(identities.provider, provider), eq(identities.subject, subject)));
  return rows[0]?.user ?? null;
}

export async function insertIdentity(db: DbHandle, row: typeof identities.$inferInsert): Promise<void> {
  await db.insert(identities).values(row).onConflictDoNothing();
}

/** The new user's row, or the one that has the email already. */
export async function insertUserUnlessThere(db: DbHandle, row: typeof users.$inferInsert): Promise<UserRow> {
  const inserted = await db.insert(users).values(row).onConflictDoNothing({ target: users.email }).returning();
  const user = inserted[0] ?? (await selectUserByEmail(db, row.email));
  if (!user) throw new Error("a user was removed while being added");
  return user;
}

export type Membership = {
  user: { id: string; email: string; name: string; sessionVersion: number };
  role: Role;
  workspace: WorkspaceRef;
};

/** User, role and workspace in one query: every request of a signed-in user asks for it. */
export async function selectMembership(db: DbHandle, userId: string, slug: string): Promise<Membership | null> {
  const rows = await db
    .select({
      user: { id: users.id, email: users.email, name: users.name, sessionVersion: users.sessionVersion },
      role: members.role,
      workspace: workspaceColumns,
    })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(and(eq(members.userId, userId), eq(workspaces.slug, slug)));
  return rows[0] ?? null;
}
