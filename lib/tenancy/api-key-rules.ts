import { roles, scopes as allScopes, type Role, type Scope } from "#/lib/contract/access.ts";
import { isRolePermitted, permissions } from "./permissions.ts";

export type ApiKeyVerdict = { allowed: true } | { allowed: false; because: string };

/** What a key may be made of, and who asks for it. */
export type ApiKeyWish = {
  scopes: readonly Scope[];
  expiresAt: Date | null;
  /** The key that asks; null when a person or the operator does. */
  key: { scopes: readonly Scope[]; expiresAt: Date | null } | null;
  /** The member that the new key would act for, with their role now (null = no longer a member); null = the operator. */
  person: { role: Role | null } | null;
};

/**
 * May this key be made? No key gets more than its maker has: neither a scope that the key which makes it lacks, nor one
 * above the role of the member behind it, nor a longer life. Pure.
 */
export function decideApiKey({ scopes, expiresAt, key, person }: ApiKeyWish): ApiKeyVerdict {
  const lacking = key === null ? [] : scopes.filter((scope) => !key.scopes.includes(scope));
  if (lacking.length > 0)
    return refused(`A key can only grant scopes that it has. This one lacks ${lacking.join(", ")}.`);
  const ends = key?.expiresAt ?? null;
  if (ends !== null && (expiresAt === null || expiresAt > ends))
    return refused(`A key cannot create one that outlives it. Set expiresAt to ${ends.toISOString()} or earlier.`);
  if (person === null) return { allowed: true };
  if (person.role === null || !isRolePermitted(person.role, "key:write"))
    return refused("The member that this key would act for may no longer create keys.");
  // Whoever may make keys is an admin: only the account's scope is above that.
  if (isBeyond(scopes, person.role)) return refused("Only an account owner can grant the scope account.");
  return { allowed: true };
}

function refused(because: string): ApiKeyVerdict {
  return { allowed: false, because };
}

/** Does one of the scopes allow what this role does not? Without a role every key does. Pure. */
export function isBeyond(held: readonly Scope[], role: Role | null): boolean {
  return role === null || held.some((scope) => roles.indexOf(roleOfScope[scope]) > roles.indexOf(role));
}

/** The least role that may do everything that a scope allows, by the table of permissions. */
const roleOfScope = Object.fromEntries(
  allScopes.map((scope) => {
    const needed = Object.values(permissions).filter((one) => (one.scopes as readonly Scope[]).includes(scope));
    return [scope, roles.findLast((role) => needed.some((one) => one.role === role)) ?? "viewer"];
  }),
) as Record<Scope, Role>;
