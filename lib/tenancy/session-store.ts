import { and, asc, desc, eq, gt, lt, ne, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { members, sessions, users, workspaces } from "#/db/schema/tenancy.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { WorkspaceRef } from "./ctx.ts";
import { workspaceColumns } from "./workspace-store.ts";

export type SessionKey = { userId: string; sessionId: string };
export type SessionRow = typeof sessions.$inferSelect;

const userColumns = { id: users.id, email: users.email, name: users.name, sessionVersion: users.sessionVersion };
export type SignedInRow = { id: string; email: string; name: string; sessionVersion: number };

/** The session's row belongs to the user, has not expired, and was not ended with all the others. */
const isLive = (key: SessionKey) =>
  and(
    eq(sessions.id, key.sessionId),
    eq(sessions.userId, key.userId),
    eq(sessions.userVersion, users.sessionVersion),
    gt(sessions.expiresAt, sql`now()`),
  );

export async function insertSession(
  db: DbHandle,
  row: { id: string; userId: string; userVersion: number; userAgent: string | null; lastsMs: number },
): Promise<void> {
  const { lastsMs, ...rest } = row;
  await db.insert(sessions).values({ ...rest, expiresAt: sql`now() + ${lastsMs} * interval '1 millisecond'` });
}

export async function selectUserOfSession(db: DbHandle, key: SessionKey): Promise<SignedInRow | null> {
  const rows = await db
    .select(userColumns)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(isLive(key));
  return rows[0] ?? null;
}

export type Membership = { user: SignedInRow; role: Role; workspace: WorkspaceRef };

/** Session, user, role and workspace in one query, which every request of a signed-in user makes. */
export async function selectMembership(db: DbHandle, key: SessionKey, slug: string): Promise<Membership | null> {
  const rows = await db
    .select({ user: userColumns, role: members.role, workspace: workspaceColumns })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(members, eq(members.userId, users.id))
    .innerJoin(workspaces, eq(workspaces.id, members.workspaceId))
    .where(and(isLive(key), eq(workspaces.slug, slug)));
  return rows[0] ?? null;
}

/** The live ones, newest first. */
export function selectSessions(db: DbHandle, userId: string, limit: number): Promise<SessionRow[]> {
  return db
    .select({
      id: sessions.id,
      userId: sessions.userId,
      userVersion: sessions.userVersion,
      userAgent: sessions.userAgent,
      createdAt: sessions.createdAt,
      expiresAt: sessions.expiresAt,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(
      and(
        eq(sessions.userId, userId),
        eq(sessions.userVersion, users.sessionVersion),
        gt(sessions.expiresAt, sql`now()`),
      ),
    )
    .orderBy(desc(sessions.createdAt), asc(sessions.id))
    .limit(limit);
}

/** False when it does not exist or is not that user's. */
export async function deleteSession(db: DbHandle, key: SessionKey): Promise<boolean> {
  const rows = await db
    .delete(sessions)
    .where(and(eq(sessions.id, key.sessionId), eq(sessions.userId, key.userId)))
    .returning({ id: sessions.id });
  return rows.length === 1;
}

/**
 * Ends every session of the user except `keep`: raises the version, so that a sign-in that has checked the old
 * password but not yet written its row ends as well.
 */
export async function endSessions(db: DbHandle, userId: string, keep: string | null): Promise<void> {
  const raised = await db
    .update(users)
    .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
    .where(eq(users.id, userId))
    .returning({ version: users.sessionVersion });
  const version = raised[0]?.version;
  if (version === undefined) return;
  if (keep !== null)
    await db
      .update(sessions)
      .set({ userVersion: version })
      .where(and(eq(sessions.id, keep), eq(sessions.userId, userId), eq(sessions.userVersion, version - 1)));
  await db.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.userVersion, version)));
}

export async function deleteExpiredSessions(db: DbHandle): Promise<void> {
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
}
