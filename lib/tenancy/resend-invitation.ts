import { inTransaction } from "#/db/transaction.ts";
import type { InvitationCreated } from "#/lib/contract/person.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { lockInvitation, renewInvitationRow } from "./invitation-store.ts";
import { invitationLastsMs, invitationPath, invitationView } from "./invitation.ts";
import { newLinkToken } from "./link-token.ts";
import { decideRole } from "./member-rules.ts";
import { authorize } from "./permissions.ts";

/**
 * A fresh link, for another 7 days, for an invitation that is open or expired; the link before it stops working. From
 * now on it is in the name of who resends. Throws not_found, forbidden above one's own role, conflict once accepted, declined or revoked.
 */
export async function resendInvitation(ctx: Ctx, id: string): Promise<InvitationCreated> {
  authorize(ctx, "member:write");
  const { token, hash } = newLinkToken();
  const row = await inTransaction(ctx.db, async (tx) => {
    const known = await lockInvitation(tx, ctx.workspace.id, id);
    if (!known) throw notFound("Invitation");
    const verdict = decideRole({ actor: ctx.actor, from: null, to: known.role });
    if (!verdict.allowed) throw new DomainError(verdict.code, verdict.because);
    if (known.acceptedAt || known.declinedAt || known.revokedAt)
      throw new DomainError("conflict", "This invitation was accepted, declined or revoked. Create a new one.");
    const fresh = { tokenHash: hash, invitedBy: memberOf(ctx.actor), lastsMs: invitationLastsMs };
    const renewed = await renewInvitationRow(tx, id, fresh);
    const { email, role } = renewed;
    await recordAudit(ctx, tx, { action: "invitation.resent", target: id, details: { email, role } });
    return renewed;
  });
  return { ...invitationView(row, ctx.clock.now()), url: invitationPath(token) };
}
