import type { DbHandle } from "#/db/client.ts";
import type { SessionView } from "#/lib/contract/person.ts";
import { newId } from "#/lib/core/ids.ts";
import {
  deleteSession,
  insertSession,
  selectMembership,
  selectSessions,
  selectUserOfSession,
  type SessionKey,
} from "./session-store.ts";
import type { Actor, WorkspaceRef } from "./ctx.ts";
import type { SessionUser } from "./users.ts";

/** What a session cookie claims; valid only while the database agrees. */
export type SessionClaim = SessionKey;

/** How long a sign-in lasts. */
export const sessionMaxAgeMs = 7 * 24 * 3_600_000;
const listedSessions = 50;
const longestUserAgent = 300;

/** Begins a session of someone who has just been identified; gives its id. */
export async function startSession(db: DbHandle, user: SessionUser, userAgent: string | null): Promise<string> {
  const id = newId("session");
  const agent = userAgent?.replaceAll("\u0000", "").slice(0, longestUserAgent) ?? null;
  const { id: userId, sessionVersion: userVersion } = user;
  await insertSession(db, { id, userId, userVersion, userAgent: agent, lastsMs: sessionMaxAgeMs });
  return id;
}

/** The user of a session, read afresh; null when the user is gone or the session has ended, in any process. */
export function userOfSession(db: DbHandle, claim: SessionClaim): Promise<SessionUser | null> {
  return selectUserOfSession(db, claim);
}

/** The session's actor in a workspace, read afresh; null for a non-member or an ended session. */
export async function actorInWorkspace(
  db: DbHandle,
  claim: SessionClaim,
  slug: string,
): Promise<{ actor: Actor; workspace: WorkspaceRef } | null> {
  if (slug.includes("\u0000")) return null;
  const found = await selectMembership(db, claim, slug);
  if (!found) return null;
  const { user, role, workspace } = found;
  return { actor: { kind: "user", userId: user.id, email: user.email, name: user.name, role }, workspace };
}

/** The person's live sessions, newest first; `current` is the one that asks. */
export async function listSessions(db: DbHandle, claim: SessionClaim): Promise<SessionView[]> {
  const rows = await selectSessions(db, claim.userId, listedSessions);
  return rows.map(({ id, userAgent, createdAt, expiresAt }) => ({
    id,
    userAgent,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    current: id === claim.sessionId,
  }));
}

/** Ends one session: its cookie is refused from the next request on, its open streams end within 5 s. */
export async function endSession(db: DbHandle, claim: SessionClaim): Promise<void> {
  await deleteSession(db, claim);
}
