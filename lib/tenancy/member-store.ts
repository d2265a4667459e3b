import { and, asc, eq, gt, or, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { members, users, workspaces } from "#/db/schema/tenancy.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { After } from "./keyset.ts";

const memberColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  role: members.role,
  createdAt: members.createdAt,
};
export type MemberRow = { id: string; email: string; name: string; role: Role; createdAt: Date };

/** Oldest first. */
export function selectMembers(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: After | null },
): Promise<MemberRow[]> {
  const after = page.after && { at: new Date(page.after.createdAt), id: page.after.id };
  return db
    .select(memberColumns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(
      and(
        eq(members.workspaceId, workspaceId),
        after
          ? or(gt(members.createdAt, after.at), and(eq(members.createdAt, after.at), gt(users.id, after.id)))
          : undefined,
      ),
    )
    .orderBy(asc(members.createdAt), asc(users.id))
    .limit(page.limit);
}

export async function selectMember(db: DbHandle, workspaceId: string, userId: string): Promise<MemberRow | null> {
  const rows = await db
    .select(memberColumns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
  return rows[0] ?? null;
}

export async function selectMemberByEmail(db: DbHandle, workspaceId: string, email: string): Promise<MemberRow | null> {
  const rows = await db
    .select(memberColumns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), eq(users.email, email)));
  return rows[0] ?? null;
}

export type MembershipOf = { workspaceId: string; accountId: string; role: Role };

/** Every workspace in which this person is a member, and as what. */
export function selectMembershipsOf(db: DbHandle, userId: string): Promise<MembershipOf[]> {
  return db
    .select({ workspaceId: members.workspaceId, accountId: workspaces.accountId, role: members.role })
    .from(members)
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(eq(members.userId, userId))
    .orderBy(asc(members.workspaceId));
}

/** Serialises changes of a workspace's members, so that two at once cannot both remove "another" owner. */
export async function lockMembers(db: DbHandle, workspaceId: string): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`members|${workspaceId}`}, 0))`);
}

export async function countOwners(db: DbHandle, workspaceId: string): Promise<number> {
  return db.$count(members, and(eq(members.workspaceId, workspaceId), eq(members.role, "owner")));
}

/** False when the user is a member already. */
export async function insertMember(db: DbHandle, row: typeof members.$inferInsert): Promise<boolean> {
  const rows = await db.insert(members).values(row).onConflictDoNothing().returning({ userId: members.userId });
  return rows.length === 1;
}

export async function updateMemberRole(db: DbHandle, workspaceId: string, userId: string, role: Role): Promise<void> {
  await db
    .update(members)
    .set({ role })
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
}

export async function deleteMember(db: DbHandle, workspaceId: string, userId: string): Promise<void> {
  await db.delete(members).where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
}
