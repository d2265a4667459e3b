import type { DbHandle, Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { newId } from "#/lib/core/ids.ts";
import { insertAuditEvent } from "./audit-store.ts";
import { declineInvitationRow, type OpenInvitationRow } from "./invitation-store.ts";
import { invitationIsDead, openByLink, openForPerson } from "./open-invitation.ts";

/** Declines an invitation for whoever has its link: it stops working at once. Throws not_found for a dead link. */
export function declineByLink(db: DbHandle, input: { token: string; requestId: string }): Promise<void> {
  return decline(db, input.requestId, (tx) => openByLink(tx, input.token));
}

/** The same for an invitation that waits for the signed-in person. Throws not_found when there is none. */
export function declinePending(
  db: DbHandle,
  input: { id: string; personId: string; requestId: string },
): Promise<void> {
  return decline(db, input.requestId, (tx) => openForPerson(tx, input.id, input.personId));
}

/** The workspace learns that it was declined, not by whom: they are not a member. */
function decline(
  db: DbHandle,
  requestId: string,
  find: (tx: Transaction) => Promise<OpenInvitationRow | null>,
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const found = await find(tx);
    if (!found || !(await declineInvitationRow(tx, found.invitation.id))) throw invitationIsDead();
    const { invitation, workspace } = found;
    await insertAuditEvent(tx, {
      id: newId("audit"),
      accountId: workspace.accountId,
      workspaceId: workspace.id,
      action: "invitation.declined",
      actorKind: "user",
      actorId: null,
      target: invitation.id,
      details: { email: invitation.email, role: invitation.role },
      requestId,
    });
  });
}
