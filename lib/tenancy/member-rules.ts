import { roles, type Role } from "#/lib/contract/access.ts";
import type { Actor } from "./ctx.ts";

export type MemberVerdict = { allowed: true } | { allowed: false; code: "forbidden" | "conflict"; because: string };

/**
 * May this actor give a member `to` (null = remove), who has `from` now (null = is being added)? Only an owner makes or
 * unmakes an owner, nobody acts above the own role, and the last owner stays. Pure.
 */
export function decideMemberChange(change: {
  actor: Actor;
  from: Role | null;
  to: Role | null;
  owners: number;
}): MemberVerdict {
  const { actor, from, to, owners } = change;
  const touchesOwner = from === "owner" || to === "owner";
  if (touchesOwner && !actsAsOwner(actor))
    return { allowed: false, code: "forbidden", because: "Only an owner may add, change or remove an owner." };
  if (from === "owner" && to !== "owner" && owners <= 1)
    return { allowed: false, code: "conflict", because: "A workspace keeps at least one owner." };
  return { allowed: true };
}

/** A key is never more than an admin in matters of members, unless it also has the account's scope. */
function actsAsOwner(actor: Actor): boolean {
  if (actor.kind === "system") return true;
  if (actor.kind === "api_key") return actor.scopes.includes("account");
  return roles.indexOf(actor.role) >= roles.indexOf("owner");
}
