import { and, desc, eq, isNull, notExists, or } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { DbHandle } from "#/db/client.ts";
import { identities, members, users } from "#/db/schema/tenancy.ts";

export type UserRow = typeof users.$inferSelect;

/**
 * The users with this email, the one whose address is vouched for first, then the newest first. There is at most one more
 * than there are accounts.
 */
export function selectUsersByEmail(db: DbHandle, email: string): Promise<UserRow[]> {
  return db
    .select()
    .from(users)
    .where(eq(users.email, email))
    .orderBy(desc(users.emailProven), desc(users.createdAt), desc(users.id));
}

/** The one user that an email means in this account: vouched for, or made by it. Null = somebody new may come by a link. */
export async function selectUserOfEmail(db: DbHandle, email: string, accountId: string): Promise<UserRow | null> {
  const rows = await db
    .select()
    .from(users)
    .where(and(eq(users.email, email), or(users.emailProven, eq(users.homeAccountId, accountId))))
    .orderBy(desc(users.emailProven));
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

export async function moveIdentities(db: DbHandle, fromUserId: string, toUserId: string): Promise<void> {
  await db.update(identities).set({ userId: toUserId }).where(eq(identities.userId, fromUserId));
}

/** Null when the email has a user already, vouched for like this one or made by the same account. */
export async function insertUser(db: DbHandle, row: typeof users.$inferInsert): Promise<UserRow | null> {
  const rows = await db.insert(users).values(row).onConflictDoNothing().returning();
  return rows[0] ?? null;
}

/** The new user's row, whose address is vouched for, or the one that has such an email already. */
export async function insertProvenUnlessThere(
  db: DbHandle,
  row: { id: string; email: string; name: string; passwordHash?: string | null },
): Promise<UserRow> {
  const user = (await insertUser(db, { ...row, emailProven: true })) ?? (await selectUsersByEmail(db, row.email))[0];
  if (!user?.emailProven) throw new Error("a user was removed while being added");
  return user;
}

/** Makes this account the home of a user who has none and is a member nowhere; not where a link of its made another one. */
export async function settleUser(db: DbHandle, userId: string, accountId: string): Promise<void> {
  const other = alias(users, "other");
  const isSame = and(eq(other.email, users.email), eq(other.homeAccountId, accountId));
  await db
    .update(users)
    .set({ homeAccountId: accountId })
    .where(
      and(
        eq(users.id, userId),
        isNull(users.homeAccountId),
        notExists(db.select({ id: members.userId }).from(members).where(eq(members.userId, userId))),
        notExists(db.select({ id: other.id }).from(other).where(isSame)),
      ),
    );
}

/** Replaces the password. `emailProven` says whether who chose it is known to own the address. */
export async function updatePassword(
  db: DbHandle,
  userId: string,
  set: { passwordHash: string | null; emailProven?: boolean; homeAccountId?: null },
): Promise<void> {
  await db.update(users).set(set).where(eq(users.id, userId));
}

/** The row, locked until the transaction ends. */
export async function lockUser(db: DbHandle, id: string): Promise<UserRow | null> {
  const rows = await db.select().from(users).where(eq(users.id, id)).for("update");
  return rows[0] ?? null;
}
