import { inTransaction } from "#/db/transaction.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { CreateInvitationRequest, InvitationCreated } from "#/lib/contract/person.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "./audit.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { insertInvitation, revokeExpiredInvitation, type InvitationRow } from "./invitation-store.ts";
import { invitationLastsMs, invitationPath, invitationView } from "./invitation.ts";
import { newLinkToken } from "./link-token.ts";
import { decideRole } from "./member-rules.ts";
import { lockMembers, selectMemberByEmail } from "./member-store.ts";
import { authorize } from "./permissions.ts";
import { normalEmail } from "./users.ts";

/**
 * Invites an email address in a role; the answer holds the link, once. Throws forbidden above one's own role, conflict
 * for a member, or when the address has an open invitation (resend that one).
 */
export async function createInvitation(ctx: Ctx, input: CreateInvitationRequest): Promise<InvitationCreated> {
  const { token, hash } = newLinkToken();
  const row = await inviteByHash(ctx, { ...input, tokenHash: hash });
  return { ...invitationView(row, ctx.clock.now()), url: invitationPath(token) };
}

/** Writes an invitation whose link has this hash, and its audit row. `name` is what the inviter calls the person. */
export async function inviteByHash(
  ctx: Ctx,
  input: { email: string; role: Role; name?: string | undefined; tokenHash: string },
): Promise<InvitationRow> {
  authorize(ctx, "member:write");
  const verdict = decideRole({ actor: ctx.actor, from: null, to: input.role });
  if (!verdict.allowed) throw new DomainError(verdict.code, verdict.because);
  const email = normalEmail(input.email);
  return inTransaction(ctx.db, async (tx) => {
    await lockMembers(tx, ctx.workspace.id);
    if (await selectMemberByEmail(tx, ctx.workspace.id, email))
      throw new DomainError("conflict", `${email} is already a member of this workspace`);
    await revokeExpiredInvitation(tx, ctx.workspace.id, email);
    const inserted = await insertInvitation(tx, {
      id: newId("invitation"),
      workspaceId: ctx.workspace.id,
      email,
      role: input.role,
      name: input.name ?? null,
      tokenHash: input.tokenHash,
      invitedBy: memberOf(ctx.actor),
      lastsMs: invitationLastsMs,
    });
    if (!inserted)
      throw new DomainError("conflict", `${email} already has an open invitation. Create a new link for it.`);
    await recordAudit(ctx, tx, {
      action: "invitation.created",
      target: inserted.id,
      details: { email, role: input.role },
    });
    return inserted;
  });
}
