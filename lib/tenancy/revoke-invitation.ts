import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { lockInvitation, revokeInvitationRow } from "./invitation-store.ts";
import { authorize } from "./permissions.ts";

/**
 * Withdraws an invitation: its link stops working at once. Revoking it again, or after it was declined, does nothing.
 * Throws not_found, and conflict when it was accepted: then there is a member to remove.
 */
export async function revokeInvitation(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "member:write");
  return inTransaction(ctx.db, async (tx) => {
    const known = await lockInvitation(tx, ctx.workspace.id, id);
    if (!known) throw notFound("Invitation");
    if (known.acceptedAt) throw new DomainError("conflict", "This invitation was accepted. Remove the member instead.");
    if (known.revokedAt || known.declinedAt) return;
    await revokeInvitationRow(tx, id);
    const { email, role } = known;
    await recordAudit(ctx, tx, { action: "invitation.revoked", target: id, details: { email, role } });
  });
}
