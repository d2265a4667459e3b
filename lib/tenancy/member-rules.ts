import { roles, type Role } from "#/lib/contract/access.ts";
import type { Actor } from "./ctx.ts";

export type MemberVerdict = { allowed: true } | { allowed: false; code: "forbidden" | "conflict"; because: string };

/** From which role to which: null = no member (is being added, or removed). */
type RoleChange = { actor: Actor; from: Role | null; to: Role | null };

/** May this actor make such a change, whoever else there is? Only an owner makes or unmakes an owner. Pure. */
export function decideRole({ actor, from, to }: RoleChange): MemberVerdict {
  const touchesOwner = from === "owner" || to === "owner";
  if (touchesOwner && !actsAsOwner(actor))
    return { allowed: false, code: "forbidden", because: "Only an owner may add, change or remove an owner." };
  return { allowed: true };
}

/** The same in a workspace that has `owners` owners now, of which the last one stays. Pure. */
export function decideMemberChange({ owners, ...change }: RoleChange & { owners: number }): MemberVerdict {
  if (change.from === "owner" && change.to !== "owner" && owners <= 1 && decideRole(change).allowed)
    return { allowed: false, code: "conflict", because: "A workspace keeps at least one owner." };
  return decideRole(change);
}

/** A key is never more than an admin in matters of members, unless it also has the account's scope. */
function actsAsOwner(actor: Actor): boolean {
  if (actor.kind === "system") return true;
  if (actor.kind === "api_key") return actor.scopes.includes("account");
  return roles.indexOf(actor.role) >= roles.indexOf("owner");
}
