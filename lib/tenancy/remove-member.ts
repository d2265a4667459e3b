import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { revokeInvitationsOf } from "./invitation-store.ts";
import { decideMemberChange } from "./member-rules.ts";
import { countOwners, deleteMember, lockMembers, selectMember } from "./member-store.ts";
import { authorize } from "./permissions.ts";
import { revokeKeysBeyond } from "./revoke-keys-beyond.ts";

/**
 * Takes a member out of the workspace, with the keys that they made and the invitations that nobody has accepted; holds
 * from the next request on, and open streams end within 5 s. Throws not_found, forbidden, conflict for the last owner.
 */
export async function removeMember(ctx: Ctx, userId: string): Promise<void> {
  authorize(ctx, "member:write");
  return inTransaction(ctx.db, async (tx) => {
    await lockMembers(tx, ctx.workspace.id);
    const member = await selectMember(tx, ctx.workspace.id, userId);
    if (!member) throw notFound("Member");
    const owners = await countOwners(tx, ctx.workspace.id);
    const verdict = decideMemberChange({ actor: ctx.actor, from: member.role, to: null, owners });
    if (!verdict.allowed) throw new DomainError(verdict.code, verdict.because);
    await deleteMember(tx, ctx.workspace.id, userId);
    const invitations = await revokeInvitationsOf(tx, ctx.workspace.id, userId);
    await recordAudit(ctx, tx, {
      action: "member.removed",
      target: userId,
      details: { email: member.email, role: member.role, ...(invitations.length > 0 ? { invitations } : {}) },
    });
    await revokeKeysBeyond(ctx, tx, userId, null);
  });
}
