import type { z } from "zod";
import type { AddMemberRequest, MemberInvited } from "#/lib/contract/administration.ts";
import { inviteByHash } from "./create-invitation.ts";
import type { Ctx } from "./ctx.ts";
import { newLinkToken } from "./link-token.ts";

/**
 * Asks someone to become a member, by email and without a link: they accept signed in with that address, which an
 * identity provider or the operator vouches for. Until then nothing of theirs is shown and nothing of theirs counts: the
 * answer is what was sent, the same for addresses that are known here and that are not. Throws what inviting throws.
 */
export async function addMember(ctx: Ctx, input: z.infer<typeof AddMemberRequest>): Promise<MemberInvited> {
  // Nobody ever learns this token; a link can be made for the invitation later.
  const { email, role } = await inviteByHash(ctx, { ...input, tokenHash: newLinkToken().hash });
  return { email, role, ...(input.name === undefined ? {} : { name: input.name }) };
}
