import type { DbHandle, Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Role } from "#/lib/contract/access.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { insertAuditEvent } from "./audit-store.ts";
import {
  claimInvitation,
  selectOpenInvitationsFor,
  type InvitationRow,
  type OpenInvitationRow,
} from "./invitation-store.ts";
import { decideRole } from "./member-rules.ts";
import { insertMember, lockMembers, selectMember } from "./member-store.ts";
import { invitationIsDead, openByLink, openForPerson } from "./open-invitation.ts";
import { hashPassword } from "./password.ts";
import { isPermitted } from "./permissions.ts";
import { insertUser, lockUser, selectUserById, selectUserOfEmail } from "./user-store.ts";

/**
 * What an invitation's page shows. `known` = in this account the address means an existing user, who signs in to accept.
 * Otherwise somebody new may accept it, or whoever is signed in with the address: a user made by another account's link
 * need not own the address, so it does not stand in the way.
 */
export type OpenInvitation = {
  workspaceSlug: string;
  workspaceName: string;
  email: string;
  /** The name that the inviter entered. */
  name: string | null;
  role: Role;
  known: boolean;
};

/** The invitation behind a link, or null when it does not (or no longer) work. Reveals nothing about members. */
export async function readInvitation(db: DbHandle, token: string): Promise<OpenInvitation | null> {
  const found = await openByLink(db, token);
  if (!found || !(await mayStillInvite(db, found.invitation))) return null;
  const { invitation, workspace } = found;
  const known = (await selectUserOfEmail(db, invitation.email, workspace.accountId)) !== null;
  const { slug: workspaceSlug, name: workspaceName } = workspace;
  const { email, name, role } = invitation;
  return { workspaceSlug, workspaceName, email, name, role, known };
}

/** An invitation as the signed-in person with its address sees it. */
export type PendingInvitation = { id: string; workspaceName: string; role: Role };

/**
 * The invitations that wait for this person, oldest first. Only for an address that someone vouches for: whoever merely held
 * some link for it needs this invitation's link as well.
 */
export async function pendingInvitations(db: DbHandle, userId: string): Promise<PendingInvitation[]> {
  const user = await selectUserById(db, userId);
  if (!user?.emailProven) return [];
  const pending: PendingInvitation[] = [];
  for (const { invitation, workspace } of await selectOpenInvitationsFor(db, user.email))
    if (await mayStillInvite(db, invitation))
      pending.push({ id: invitation.id, workspaceName: workspace.name, role: invitation.role });
  return pending;
}

/** Makes the signed-in person a member by an invitation that waits for them. Throws not_found when there is none. */
export function acceptPending(
  db: DbHandle,
  input: { id: string; personId: string; requestId: string },
): Promise<Accepted> {
  return acceptFound(
    db,
    input.requestId,
    (tx) => openForPerson(tx, input.id, input.personId),
    async (tx) => {
      // Takes turns with the person's password link, after which nobody vouches for their address.
      if (!(await lockUser(tx, input.personId))?.emailProven) throw invitationIsDead();
      return input.personId;
    },
  );
}

export type Accepted = { email: string; workspaceSlug: string };

/**
 * Makes a user with the invitation's address, name and password, and the new person a member. Throws not_found for a link
 * that does not work, conflict when by now the address means somebody in this account.
 */
export async function acceptAsNewPerson(
  db: DbHandle,
  input: { token: string; name: string; password: string; requestId: string },
): Promise<Accepted> {
  // Before the hash, which costs 80 ms: a dead link must not cost that.
  if (!(await readInvitation(db, input.token))) throw invitationIsDead();
  const passwordHash = await hashPassword(input.password);
  return accept(db, input, async (tx, { invitation: { email }, workspace: { accountId } }) => {
    const row = { id: newId("user"), email, name: input.name, passwordHash, homeAccountId: accountId };
    const user = (await selectUserOfEmail(tx, email, accountId)) === null ? await insertUser(tx, row) : null;
    if (!user) throw new DomainError("conflict", `${email} already has an account. Sign in to accept the invitation.`);
    return user.id;
  });
}

/** Makes the signed-in person a member. Throws not_found for a dead link, forbidden when it is for another address. */
export function acceptAsSignedIn(
  db: DbHandle,
  input: { token: string; person: { id: string; email: string }; requestId: string },
): Promise<Accepted> {
  return accept(db, input, async (tx, { invitation: { email } }) => {
    await lockUser(tx, input.person.id);
    if (input.person.email !== email)
      throw new DomainError("forbidden", `This invitation is for ${email}. Sign out, then sign in with that address.`);
    return input.person.id;
  });
}

function accept(
  db: DbHandle,
  input: { token: string; requestId: string },
  personOf: (tx: Transaction, found: OpenInvitationRow) => Promise<string>,
): Promise<Accepted> {
  return acceptFound(db, input.requestId, (tx) => openByLink(tx, input.token), personOf);
}

/** In one transaction, so that a refused link still works, and only one of two who use it at once succeeds. */
function acceptFound(
  db: DbHandle,
  requestId: string,
  find: (tx: Transaction) => Promise<OpenInvitationRow | null>,
  personOf: (tx: Transaction, found: OpenInvitationRow) => Promise<string>,
): Promise<Accepted> {
  return inTransaction(db, async (tx) => {
    const found = await find(tx);
    if (!found) throw invitationIsDead();
    const { invitation, workspace } = found;
    await lockMembers(tx, workspace.id);
    if (!(await claimInvitation(tx, invitation.id)) || !(await mayStillInvite(tx, invitation)))
      throw invitationIsDead();
    const userId = await personOf(tx, found);
    await insertMember(tx, { workspaceId: workspace.id, userId, role: invitation.role });
    await recordAcceptance(tx, { workspace, invitation, userId, requestId });
    return { email: invitation.email, workspaceSlug: workspace.slug };
  });
}

/** Applies the rule for adding a member to the inviter as they are now: an invitation does not outlive the right to make it. */
async function mayStillInvite(db: DbHandle, invitation: InvitationRow): Promise<boolean> {
  if (invitation.invitedBy === null) return true;
  const member = await selectMember(db, invitation.workspaceId, invitation.invitedBy);
  if (!member) return false;
  const actor = { kind: "user", userId: member.id, email: member.email, name: member.name, role: member.role } as const;
  const verdict = decideRole({ actor, from: null, to: invitation.role });
  return verdict.allowed && isPermitted(actor, "member:write");
}

function recordAcceptance(
  tx: Transaction,
  { workspace, invitation, userId, requestId }: OpenInvitationRow & { userId: string; requestId: string },
): Promise<void> {
  return insertAuditEvent(tx, {
    id: newId("audit"),
    accountId: workspace.accountId,
    workspaceId: workspace.id,
    action: "invitation.accepted",
    actorKind: "user",
    actorId: userId,
    target: userId,
    details: { email: invitation.email, role: invitation.role, invitation: invitation.id },
    requestId,
  });
}
