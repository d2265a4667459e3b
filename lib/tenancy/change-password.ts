import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { deletePasswordLinkOf } from "./password-link-store.ts";
import { recordForPerson } from "./person-audit.ts";
import { endSessions, type SessionKey } from "./session-store.ts";
import { throttled } from "./sign-in-throttle.ts";
import { lockUser, selectUserById, updatePassword } from "./user-store.ts";

/**
 * Replaces a person's own password and ends their other sessions. Asks for the current one, under the throttle of
 * signing in, where the session counts as a known device. Throws validation_failed for a wrong one, conflict for
 * someone who has none.
 */
export async function changePassword(
  db: DbHandle,
  session: SessionKey,
  input: { current: string; next: string; address: string; requestId: string },
): Promise<void> {
  const user = await selectUserById(db, session.userId);
  const known = user?.passwordHash ?? null;
  if (!user || known === null)
    throw new DomainError("conflict", "You have no password: you sign in through your identity provider.");
  const isRight = await throttled(
    db,
    { email: user.email, address: input.address, device: session.sessionId },
    async () => ((await verifyPassword(input.current, known)) ? true : null),
  );
  if (!isRight) throw invalidField("body.current", "This is not your current password.");
  const passwordHash = await hashPassword(input.next);
  await inTransaction(db, async (tx) => {
    const now = await lockUser(tx, user.id);
    if (now?.passwordHash !== known)
      throw new DomainError("conflict", "The password has changed in the meantime. Try again with the new one.");
    await endSessions(tx, user.id, session.sessionId);
    await updatePassword(tx, user.id, { passwordHash });
    await deletePasswordLinkOf(tx, user.id);
    await recordForPerson(tx, { userId: user.id, requestId: input.requestId }, { action: "member.password_changed" });
  });
}

/** Whether the person has a password here, or signs in only through an identity provider. */
export async function hasPassword(db: DbHandle, userId: string): Promise<boolean> {
  return (await selectUserById(db, userId))?.passwordHash != null;
}

/** Ends every session of the person, or all but the one that asks. */
export function signOutEverywhere(
  db: DbHandle,
  session: SessionKey,
  input: { keepThis: boolean; requestId: string },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    await endSessions(tx, session.userId, input.keepThis ? session.sessionId : null);
    const person = { userId: session.userId, requestId: input.requestId };
    await recordForPerson(tx, person, { action: "member.signed_out_everywhere", details: { keptOne: input.keepThis } });
  });
}
