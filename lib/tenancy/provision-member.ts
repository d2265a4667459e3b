import { inTransaction } from "#/db/transaction.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { memberView } from "./list-members.ts";
import { insertMember, lockMembers, selectMember, selectMemberByEmail } from "./member-store.ts";
import { insertProvenUnlessThere, lockUser, selectUserOfEmail, settleUser } from "./user-store.ts";
import { normalEmail } from "./users.ts";

/**
 * Makes someone a member at once: only for the operator (seeding), who knows whom they add. Everyone else invites, and a
 * membership begins when the person accepts. Throws conflict when already a member.
 */
export async function provisionMember(ctx: Ctx, input: { email: string; role: Role }): Promise<MemberView> {
  if (ctx.actor.kind !== "system") throw new DomainError("forbidden", "Only the operator can add members directly.");
  const email = normalEmail(input.email);
  return inTransaction(ctx.db, async (tx) => {
    await lockMembers(tx, ctx.workspace.id);
    const name = email.split("@")[0] ?? email;
    if (await selectMemberByEmail(tx, ctx.workspace.id, email))
      throw new DomainError("conflict", `${email} is already a member of this workspace`);
    const { accountId } = ctx.workspace;
    const known = await selectUserOfEmail(tx, email, accountId);
    const { id } = known ?? (await insertProvenUnlessThere(tx, { id: newId("user"), email, name }));
    // Takes turns with the person's password link, whose rule depends on where they are a member.
    await lockUser(tx, id);
    await settleUser(tx, id, accountId);
    await insertMember(tx, { workspaceId: ctx.workspace.id, userId: id, role: input.role });
    await recordAudit(ctx, tx, { action: "member.added", target: id, details: { email, role: input.role } });
    const member = await selectMember(tx, ctx.workspace.id, id);
    if (!member) throw new Error("the member just added is not there");
    return memberView(member);
  });
}
