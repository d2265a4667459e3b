import type { z } from "zod";
import type { AddMemberRequest, MemberInvited } from "#/lib/contract/administration.ts";
import { inviteByHash } from "./create-invitation.ts";
import type { Ctx } from "./ctx.ts";
import { newLinkToken } from "./link-token.ts";

/**
 * Invites someone by email and without a link: they accept while signed in with that address, which an
 * identity provider or the operator vouches for. Until then nothing about them is shown or counts: the
 * answer is what was sent, whether or not the address is known here. Throws what inviting throws.
 */
export async function addMember(ctx: Ctx, input: z.infer<typeof AddMemberRequest>): Promise<MemberInvited> {
  // Nobody ever learns this token; a link can be made for the invitation later.
  const { email, role } = await inviteByHash(ctx, { ...input, tokenHash: newLinkToken().hash });
  return { email, role, ...(input.name === undefined ? {} : { name: input.name }) };
}
