import type { Transaction } from "#/db/client.ts";
import { roles } from "#/lib/contract/access.ts";
import { newId } from "#/lib/core/ids.ts";
import { moveApiKeys } from "./api-key-store.ts";
import { insertAuditEvent } from "./audit-store.ts";
import { moveInvitations } from "./invitation-store.ts";
import {
  deleteMember,
  insertMember,
  lockMembers,
  selectMember,
  selectMembershipsOf,
  updateMemberRole,
  type MembershipOf,
} from "./member-store.ts";
import { deletePasswordLinkOf } from "./password-link-store.ts";
import { endSessions } from "./session-store.ts";
import {
  lockUser,
  moveIdentities,
  selectUserById,
  selectUsersByEmail,
  updatePassword,
  type UserRow,
} from "./user-store.ts";

/**
 * The one user of an address for which an identity provider vouches now; null when nobody has it. The first time, whoever
 * made users with it need not be its owner, who arrives only now: all of them become the oldest, with the
 * workspaces of all, and their passwords, links and sessions end. No account's admins set the password any more. Each workspace's
 * audit log tells.
 */
export async function proveAddress(tx: Transaction, email: string): Promise<UserRow | null> {
  const found = await selectUsersByEmail(tx, email);
  // Members before users, as those do who accept an invitation.
  const joined = await Promise.all(found.map(({ id }) => selectMembershipsOf(tx, id)));
  const workspaceIds = new Set(joined.flat().map(({ workspaceId }) => workspaceId));
  if (!found[0]?.emailProven) for (const id of [...workspaceIds].toSorted()) await lockMembers(tx, id);
  for (const { id } of found.toSorted((a, b) => (a.id < b.id ? -1 : 1))) await lockUser(tx, id);
  const [first, ...others] = await selectUsersByEmail(tx, email);
  if (!first || first.emailProven) return first ?? null;
  const oldest = others.at(-1) ?? first;
  for (const { id } of [first, ...others]) {
    await updatePassword(tx, id, { passwordHash: null, emailProven: id === oldest.id, homeAccountId: null });
    await deletePasswordLinkOf(tx, id);
    await endSessions(tx, id, null);
  }
  for (const membership of await selectMembershipsOf(tx, oldest.id)) await recordProof(tx, membership, oldest.id, null);
  for (const { id } of [first, ...others]) if (id !== oldest.id) await join(tx, id, oldest.id);
  return selectUserById(tx, oldest.id);
}

/** Makes `to` everything that `from` was. In a workspace of both they have the higher role, so that no owner is lost. */
async function join(tx: Transaction, from: string, to: string): Promise<void> {
  await moveIdentities(tx, from, to);
  for (const membership of await selectMembershipsOf(tx, from)) {
    const { workspaceId, role } = membership;
    const own = await selectMember(tx, workspaceId, to);
    if (!own) await insertMember(tx, { workspaceId, userId: to, role });
    else if (roles.indexOf(role) > roles.indexOf(own.role)) await updateMemberRole(tx, workspaceId, to, role);
    await deleteMember(tx, workspaceId, from);
    await moveApiKeys(tx, workspaceId, from, to);
    await moveInvitations(tx, workspaceId, from, to);
    await recordProof(tx, membership, to, from);
  }
}

/** `was`: who the member was in this workspace until now, which is all that it may know of the others. */
function recordProof(
  tx: Transaction,
  { workspaceId, accountId }: MembershipOf,
  userId: string,
  was: string | null,
): Promise<void> {
  return insertAuditEvent(tx, {
    id: newId("audit"),
    accountId,
    workspaceId,
    action: "member.address_proven",
    actorKind: "user",
    actorId: userId,
    target: userId,
    details: was === null ? {} : { was },
    requestId: null,
  });
}
