import { inTransaction } from "#/db/transaction.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { memberView } from "./list-members.ts";
import { decideMemberChange } from "./member-rules.ts";
import { countOwners, lockMembers, selectMember, updateMemberRole } from "./member-store.ts";
import { authorize } from "./permissions.ts";
import { revokeKeysBeyond } from "./revoke-keys-beyond.ts";

/**
 * Gives a member another role; keys of theirs that may do more than it are revoked. Throws not_found, forbidden above one's own role, conflict for the last owner.
 */
export async function changeMemberRole(ctx: Ctx, userId: string, role: Role): Promise<MemberView> {
  authorize(ctx, "member:write");
  return inTransaction(ctx.db, async (tx) => {
    await lockMembers(tx, ctx.workspace.id);
    const member = await selectMember(tx, ctx.workspace.id, userId);
    if (!member) throw notFound("Member");
    const owners = await countOwners(tx, ctx.workspace.id);
    const verdict = decideMemberChange({ actor: ctx.actor, from: member.role, to: role, owners });
    if (!verdict.allowed) throw new DomainError(verdict.code, verdict.because);
    await updateMemberRole(tx, ctx.workspace.id, userId, role);
    await recordAudit(ctx, tx, {
      action: "member.role_changed",
      target: userId,
      details: { from: member.role, to: role },
    });
    await revokeKeysBeyond(ctx, tx, userId, role);
    return memberView({ ...member, role });
  });
}
