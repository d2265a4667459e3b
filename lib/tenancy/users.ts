import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { newId } from "#/lib/core/ids.ts";
import type { Actor, WorkspaceRef } from "./ctx.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import {
  insertIdentity,
  insertUserUnlessThere,
  selectMembership,
  selectUserByEmail,
  selectUserById,
  selectUserByIdentity,
  type UserRow,
} from "./user-store.ts";

/** Who is signed in. `sessionVersion` must still be the user's: raising it ends every session. */
export type SessionUser = { id: string; email: string; name: string; sessionVersion: number };

/** Emails are compared without case and surrounding space; stored like that too. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** The user with this email and password, or null; takes as long for an unknown email as for a wrong password. */
export async function userByPassword(db: DbHandle, email: string, password: string): Promise<SessionUser | null> {
  const user = await selectUserByEmail(db, normalEmail(email));
  const matches = await verifyPassword(password, user?.passwordHash ?? null);
  return user && matches ? sessionUserOf(user) : null;
}

/**
 * The user behind an identity provider's subject. An unknown subject is tied to the user who has that email, but only
 * when the provider vouches for the email; nobody is created by signing in. Null = may not sign in.
 */
export function userByIdentity(
  db: DbHandle,
  identity: { provider: string; subject: string; email: string | null; emailVerified: boolean },
): Promise<SessionUser | null> {
  return inTransaction(db, async (tx) => {
    const known = await selectUserByIdentity(tx, identity.provider, identity.subject);
    if (known) return sessionUserOf(known);
    if (!identity.email || !identity.emailVerified) return null;
    const user = await selectUserByEmail(tx, normalEmail(identity.email));
    if (!user) return null;
    await insertIdentity(tx, { provider: identity.provider, subject: identity.subject, userId: user.id });
    return sessionUserOf(user);
  });
}

/** The user of a session, read afresh; null when the user is gone or the session was ended. */
export async function userOfSession(
  db: DbHandle,
  session: { userId: string; sessionVersion: number },
): Promise<SessionUser | null> {
  const user = await selectUserById(db, session.userId);
  return user && user.sessionVersion === session.sessionVersion ? sessionUserOf(user) : null;
}

/** The actor that a session is in a workspace, read afresh; null when not (or no longer) a member, or session ended. */
export async function actorInWorkspace(
  db: DbHandle,
  session: { userId: string; sessionVersion: number },
  slug: string,
): Promise<{ actor: Actor; workspace: WorkspaceRef } | null> {
  if (slug.includes("\u0000")) return null;
  const found = await selectMembership(db, session.userId, slug);
  if (!found || found.user.sessionVersion !== session.sessionVersion) return null;
  const { user, role, workspace } = found;
  return { actor: { kind: "user", userId: user.id, email: user.email, name: user.name, role }, workspace };
}

/** Makes a user with a password, or leaves the one that has the email as it is. An operator's act (seeding). */
export async function provisionUser(
  db: DbHandle,
  input: { email: string; name: string; password: string | null },
): Promise<SessionUser> {
  const passwordHash = input.password === null ? null : await hashPassword(input.password);
  const row = { id: newId("user"), email: normalEmail(input.email), name: input.name, passwordHash };
  return sessionUserOf(await insertUserUnlessThere(db, row));
}

function sessionUserOf(user: UserRow): SessionUser {
  return { id: user.id, email: user.email, name: user.name, sessionVersion: user.sessionVersion };
}
