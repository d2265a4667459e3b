import type { DbHandle, Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { newId } from "#/lib/core/ids.ts";
import { selectOpenInvitationsFor } from "./invitation-store.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { proveAddress } from "./prove-address.ts";
import {
  insertIdentity,
  insertProvenUnlessThere,
  selectUserByIdentity,
  selectUsersByEmail,
  type UserRow,
} from "./user-store.ts";

/** Who is signed in. `sessionVersion` must still be the user's: raising it ends every session. */
export type SessionUser = { id: string; email: string; name: string; sessionVersion: number };

/** Emails are stored and compared in lower case, without surrounding spaces. */
export function normalEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * The user with this email and password, or null; takes as long for an unknown email as for a wrong password. Several users
 * may have an email that nobody vouches for: the password says which one is meant, the newest if they share it.
 */
export async function userByPassword(db: DbHandle, email: string, password: string): Promise<SessionUser | null> {
  const found = await selectUsersByEmail(db, normalEmail(email));
  if (found.length === 0) await verifyPassword(password, null);
  for (const user of found) if (await verifyPassword(password, user.passwordHash)) return sessionUserOf(user);
  return null;
}

/**
 * The user behind an identity provider's subject. An unknown subject is tied to the user who has that email, but only
 * when the provider vouches for the email (`prove-address.ts`). Someone new is created only when an invitation waits for that
 * email, and is in no workspace until they accept. Null = may not sign in.
 */
export function userByIdentity(
  db: DbHandle,
  identity: { provider: string; subject: string; email: string | null; emailVerified: boolean; name?: string | null },
): Promise<SessionUser | null> {
  return inTransaction(db, async (tx) => {
    const tied = await selectUserByIdentity(tx, identity.provider, identity.subject);
    if (tied) return sessionUserOf(tied);
    if (!identity.email || !identity.emailVerified) return null;
    const email = normalEmail(identity.email);
    const user = (await proveAddress(tx, email)) ?? (await insertInvited(tx, email, identity.name ?? null));
    if (!user) return null;
    await insertIdentity(tx, { provider: identity.provider, subject: identity.subject, userId: user.id });
    return sessionUserOf(user);
  });
}

async function insertInvited(tx: Transaction, email: string, name: string | null): Promise<UserRow | null> {
  const [first] = await selectOpenInvitationsFor(tx, email);
  if (!first) return null;
  const shown = (name ?? first.invitation.name ?? email.split("@")[0] ?? email).slice(0, 200);
  return insertProvenUnlessThere(tx, { id: newId("user"), email, name: shown });
}

/** Makes a user with a password, or leaves the one that has the email as it is. For the operator (seeding). */
export async function provisionUser(
  db: DbHandle,
  input: { email: string; name: string; password: string | null },
): Promise<SessionUser> {
  const passwordHash = input.password === null ? null : await hashPassword(input.password);
  const row = { id: newId("user"), email: normalEmail(input.email), name: input.name, passwordHash };
  return sessionUserOf(await insertProvenUnlessThere(db, row));
}

function sessionUserOf(user: UserRow): SessionUser {
  return { id: user.id, email: user.email, name: user.name, sessionVersion: user.sessionVersion };
}
