import { inTransaction } from "#/db/transaction.ts";
import type { PasswordLinkCreated } from "#/lib/contract/person.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { newLinkToken } from "./link-token.ts";
import { selectMember, selectMembershipsOf } from "./member-store.ts";
import { decidePasswordLink } from "./password-link-rules.ts";
import { putPasswordLink } from "./password-link-store.ts";
import { authorize } from "./permissions.ts";
import { lockUser } from "./user-store.ts";

const lastsMs = 24 * 3_600_000;

/**
 * Creates a link with which a member sets a new password, within a day and once; it is only in the answer. Only a
 * signed-in person may, never a key. Throws not_found, and forbidden by the rule of password links.
 */
export async function createPasswordLink(ctx: Ctx, userId: string): Promise<PasswordLinkCreated> {
  authorize(ctx, "member:write");
  const { actor } = ctx;
  if (actor.kind !== "user") throw new DomainError("forbidden", "Only a signed-in member can create a password link.");
  const { token, hash } = newLinkToken();
  const expiresAt = await inTransaction(ctx.db, async (tx) => {
    const member = await selectMember(tx, ctx.workspace.id, userId);
    if (!member) throw notFound("Member");
    const home = (await lockUser(tx, userId))?.homeAccountId ?? null;
    const [maker, target] = [await selectMembershipsOf(tx, actor.userId), await selectMembershipsOf(tx, userId)];
    const verdict = decidePasswordLink({ isSelf: actor.userId === userId, home, maker, target });
    if (!verdict.allowed) throw new DomainError("forbidden", verdict.because);
    const ends = await putPasswordLink(tx, { userId, tokenHash: hash, createdBy: actor.userId, lastsMs });
    const details = { email: member.email };
    await recordAudit(ctx, tx, { action: "member.password_link_created", target: userId, details });
    return ends;
  });
  return { url: `/account/password/${token}`, expiresAt: expiresAt.toISOString() };
}
