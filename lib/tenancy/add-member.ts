import { inTransaction } from "#/db/transaction.ts";
import type { Role } from "#/lib/contract/access.ts";
import type { MemberView } from "#/lib/contract/administration.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { memberView } from "./list-members.ts";
import { decideRole } from "./member-rules.ts";
import { insertMember, lockMembers, selectMember } from "./member-store.ts";
import { authorize } from "./permissions.ts";
import { insertUserUnlessThere, lockUser } from "./user-store.ts";
import { normalEmail } from "./users.ts";

/**
 * Adds a member by email. Somebody new becomes a user without a password, who signs in through an identity provider
 * that vouches for the email: an admin must not be able to choose another person's password. Throws conflict when
 * already a member, or when nobody vouches for who has the address; forbidden above the own role.
 */
export async function addMember(ctx: Ctx, input: { email: string; name?: string; role: Role }): Promise<MemberView> {
  authorize(ctx, "member:write");
  const verdict = decideRole({ actor: ctx.actor, from: null, to: input.role });
  if (!verdict.allowed) throw new DomainError(verdict.code, verdict.because);
  const email = normalEmail(input.email);
  return inTransaction(ctx.db, async (tx) => {
    await lockMembers(tx, ctx.workspace.id);
    const name = input.name?.trim() || (email.split("@")[0] ?? email);
    const { id } = await insertUserUnlessThere(tx, { id: newId("user"), email, name });
    // Takes turns with a password link of theirs, whose rule depends on where they are members.
    const user = await lockUser(tx, id);
    if (!user) throw new Error("a user was removed while being added");
    const added = await insertMember(tx, { workspaceId: ctx.workspace.id, userId: user.id, role: input.role });
    if (!added) throw new DomainError("conflict", `${email} is a member of this workspace already`);
    if (isUnprovenElsewhere(ctx, user))
      throw new DomainError("conflict", `${email} has signed up by a link. Invite the address instead of adding it.`);
    await recordAudit(ctx, tx, { action: "member.added", target: user.id, details: { email, role: input.role } });
    const member = await selectMember(tx, ctx.workspace.id, user.id);
    if (!member) throw new Error("the member just added is not there");
    return memberView(member);
  });
}

/**
 * Somebody who chose a password by an invitation's link may be whoever held that link: such a user must not get into
 * another workspace by the address alone. An operator knows whom they add.
 */
function isUnprovenElsewhere(ctx: Ctx, user: { emailProven: boolean; passwordHash: string | null }): boolean {
  return ctx.actor.kind !== "system" && !user.emailProven && user.passwordHash !== null;
}
