import { and, eq, gt, lt, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { passwordLinks, users } from "#/db/schema/tenancy.ts";

/** Replaces the person's link; returns when it ends. */
export async function putPasswordLink(
  db: DbHandle,
  row: { userId: string; tokenHash: string; createdBy: string; lastsMs: number },
): Promise<Date> {
  const { lastsMs, userId, ...rest } = row;
  const set = { ...rest, expiresAt: sql`now() + ${lastsMs} * interval '1 millisecond'` };
  const rows = await db
    .insert(passwordLinks)
    .values({ userId, ...set })
    .onConflictDoUpdate({ target: passwordLinks.userId, set })
    .returning({ expiresAt: passwordLinks.expiresAt });
  if (!rows[0]) throw new Error("a password link was not stored");
  return rows[0].expiresAt;
}

const isOpen = (hash: string) => and(eq(passwordLinks.tokenHash, hash), gt(passwordLinks.expiresAt, sql`now()`));

export type PasswordLinkRow = { userId: string; createdBy: string; email: string; name: string; home: string | null };

export async function selectPasswordLink(db: DbHandle, hash: string): Promise<PasswordLinkRow | null> {
  const rows = await db
    .select({
      userId: passwordLinks.userId,
      createdBy: passwordLinks.createdBy,
      email: users.email,
      name: users.name,
      home: users.homeAccountId,
    })
    .from(passwordLinks)
    .innerJoin(users, eq(users.id, passwordLinks.userId))
    .where(isOpen(hash));
  return rows[0] ?? null;
}

/** Uses up the link; false when it was used, replaced or has expired: of two at once, one succeeds. */
export async function takePasswordLink(db: DbHandle, hash: string): Promise<boolean> {
  const rows = await db.delete(passwordLinks).where(isOpen(hash)).returning({ userId: passwordLinks.userId });
  return rows.length === 1;
}

export async function deletePasswordLinkOf(db: DbHandle, userId: string): Promise<void> {
  await db.delete(passwordLinks).where(eq(passwordLinks.userId, userId));
}

export async function deleteExpiredPasswordLinks(db: DbHandle): Promise<void> {
  await db.delete(passwordLinks).where(lt(passwordLinks.expiresAt, sql`now()`));
}
