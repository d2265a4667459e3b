import { actorId, memberOf, type Actor } from "#/lib/tenancy/ctx.ts";

/** In whose name this actor saves mappings: the member's, also for keys that act for one. */
export function mappingAuthor(actor: Actor): string {
  return memberOf(actor) ?? actorId(actor) ?? "system";
}

/** Why a shared mapping is not changed or deleted. */
export const notTheirs = "Only its author or an admin may change or delete a mapping that all share.";
