import type { DbHandle } from "#/db/client.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { selectOpenInvitation, selectOpenInvitationById, type OpenInvitationRow } from "./invitation-store.ts";
import { linkTokenHash } from "./link-token.ts";
import { selectUserById } from "./user-store.ts";

/** The open invitation behind a link; null for a link that does not, or no longer, work. */
export async function openByLink(db: DbHandle, token: string): Promise<OpenInvitationRow | null> {
  const hash = linkTokenHash(token);
  return hash === null ? null : selectOpenInvitation(db, hash);
}

/** The open invitation with this id, if it is for this person's address and someone vouches for that; else null. */
export async function openForPerson(db: DbHandle, id: string, personId: string): Promise<OpenInvitationRow | null> {
  const user = await selectUserById(db, personId);
  return user?.emailProven ? selectOpenInvitationById(db, id, user.email) : null;
}

/** The error for an invitation that is not open, whatever became of it. */
export function invitationIsDead(): DomainError {
  return new DomainError(
    "not_found",
    "This invitation does not work: it was used, declined, revoked or replaced, or has expired.",
  );
}
