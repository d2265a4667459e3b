import { actorId, memberOf, type Actor } from "#/lib/tenancy/ctx.ts";

/** In whose name this actor saves mappings: the member's, even when a key acts for the member. */
export function mappingAuthor(actor: Actor): string {
  return memberOf(actor) ?? actorId(actor) ?? "system";
}

/** Why a shared mapping cannot be changed or deleted. */
export const notTheirs = "Only its author or an admin may change or delete a mapping that all share.";
