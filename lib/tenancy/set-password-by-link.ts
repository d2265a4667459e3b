import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { linkTokenHash } from "./link-token.ts";
import { selectMembershipsOf } from "./member-store.ts";
import { decidePasswordLink } from "./password-link-rules.ts";
import { selectPasswordLink, takePasswordLink, type PasswordLinkRow } from "./password-link-store.ts";
import { hashPassword } from "./password.ts";
import { recordForPerson } from "./person-audit.ts";
import { endSessions } from "./session-store.ts";
import { lockUser, updatePassword } from "./user-store.ts";

/** Whose password a link sets, or null when it does not (or no longer) work. */
export async function readPasswordLink(db: DbHandle, token: string): Promise<{ email: string; name: string } | null> {
  const link = await linkOf(db, token);
  return link && { email: link.email, name: link.name };
}

/**
 * Sets the password and ends every session of the person. Whoever holds a link is not known to own the address, so
 * from now on nobody vouches for it. Throws not_found for a link that does not work.
 */
export async function setPasswordByLink(
  db: DbHandle,
  input: { token: string; password: string; requestId: string },
): Promise<{ email: string }> {
  const found = await linkOf(db, input.token);
  if (!found) throw linkIsDead();
  const passwordHash = await hashPassword(input.password);
  return inTransaction(db, async (tx) => {
    // Nobody joins another workspace, and no identity provider vouches for them, between the rule and the new password.
    await lockUser(tx, found.userId);
    const link = await linkOf(tx, input.token);
    const hash = linkTokenHash(input.token);
    if (!link || hash === null || !(await takePasswordLink(tx, hash))) throw linkIsDead();
    await endSessions(tx, link.userId, null);
    await updatePassword(tx, link.userId, { passwordHash, emailProven: false });
    const person = { userId: link.userId, requestId: input.requestId };
    await recordForPerson(tx, person, { action: "member.password_reset", details: { madeBy: link.createdBy } });
    return { email: link.email };
  });
}

/** The rule is applied again to the current workspaces and roles: the maker may be gone, or the person promoted. */
async function linkOf(db: DbHandle, token: string): Promise<PasswordLinkRow | null> {
  const hash = linkTokenHash(token);
  const link = hash === null ? null : await selectPasswordLink(db, hash);
  if (!link) return null;
  const [maker, target] = [await selectMembershipsOf(db, link.createdBy), await selectMembershipsOf(db, link.userId)];
  return decidePasswordLink({ isSelf: false, home: link.home, maker, target }).allowed ? link : null;
}

function linkIsDead(): DomainError {
  return new DomainError("not_found", "This link does not work: it was used or replaced, or has expired.");
}
