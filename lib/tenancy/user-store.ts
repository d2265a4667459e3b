import { and, eq } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { identities, users } from "#/db/schema/tenancy.ts";

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

/** Null when the email has a user already. */
export async function insertUser(db: DbHandle, row: typeof users.$inferInsert): Promise<UserRow | null> {
  const rows = await db.insert(users).values(row).onConflictDoNothing({ target: users.email }).returning();
  return rows[0] ?? null;
}

/** The new user's row, or the one that has the email already. */
export async function insertUserUnlessThere(db: DbHandle, row: typeof users.$inferInsert): Promise<UserRow> {
  const user = (await insertUser(db, row)) ?? (await selectUserByEmail(db, row.email));
  if (!user) throw new Error("a user was removed while being added");
  return user;
}

/** Replaces the password; `emailProven` says whether who chose it is known to own the address. */
export async function updatePassword(
  db: DbHandle,
  userId: string,
  set: { passwordHash: string | null; emailProven?: boolean },
): Promise<void> {
  await db.update(users).set(set).where(eq(users.id, userId));
}

/** The row, locked until the transaction ends. */
export async function lockUser(db: DbHandle, id: string): Promise<UserRow | null> {
  const rows = await db.select().from(users).where(eq(users.id, id)).for("update");
  return rows[0] ?? null;
}
