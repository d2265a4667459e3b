import { roles, type Role, type Scope } from "#/lib/contract/access.ts";
import { DomainError } from "#/lib/core/errors.ts";
import type { Actor, Ctx } from "./ctx.ts";

type Permission = { role: Role; scopes: readonly Scope[] };

/** Who may do what: the lowest role that suffices, and the scopes of which a key needs one. Code and tests read this. */
export const permissions = {
  "run:read": { role: "viewer", scopes: ["runs:read"] },
  "run:trigger": { role: "operator", scopes: ["runs:write"] },
  "run:control": { role: "operator", scopes: ["runs:write"] },
  "run:delete": { role: "admin", scopes: ["admin"] },
  "replay:preflight": { role: "viewer", scopes: ["runs:read", "replays:write"] },
  "replay:submit": { role: "operator", scopes: ["replays:write"] },
  // Whoever may replay may ask a model what to change; to accept it takes workflow:write or prompt:write.
  "fix:suggest": { role: "operator", scopes: ["replays:write"] },
  "batch:read": { role: "viewer", scopes: ["runs:read", "replays:write"] },
  "schedule:read": { role: "viewer", scopes: ["runs:read", "runs:write"] },
  "schedule:write": { role: "operator", scopes: ["runs:write"] },
  "mapping:read": { role: "viewer", scopes: ["runs:read", "replays:write"] },
  "mapping:write": { role: "operator", scopes: ["replays:write"] },
  "mapping:administer": { role: "admin", scopes: ["admin"] },
  "workflow:read": { role: "viewer", scopes: ["runs:read", "workflows:write"] },
  "workflow:write": { role: "admin", scopes: ["workflows:write"] },
  "workflow:pause": { role: "admin", scopes: ["workflows:write"] },
  "prompt:read": { role: "viewer", scopes: ["runs:read", "workflows:write"] },
  "prompt:write": { role: "admin", scopes: ["workflows:write"] },
  "model:read": { role: "viewer", scopes: ["runs:read", "workflows:write", "admin"] },
  "model:write": { role: "admin", scopes: ["admin"] },
  "policy:read": { role: "viewer", scopes: ["runs:read", "admin"] },
  "policy:write": { role: "admin", scopes: ["admin"] },
  "account_policy:write": { role: "owner", scopes: ["account"] },
  "grant:read": { role: "viewer", scopes: ["runs:read", "admin"] },
  "grant:write": { role: "admin", scopes: ["admin"] },
  "workspace:read": { role: "viewer", scopes: ["runs:read", "admin"] },
  "workspace:write": { role: "admin", scopes: ["admin"] },
  "variable:read": { role: "admin", scopes: ["admin"] },
  "variable:write": { role: "admin", scopes: ["admin"] },
  "provider:read": { role: "admin", scopes: ["admin"] },
  "provider:write": { role: "admin", scopes: ["admin"] },
  "tool:read": { role: "viewer", scopes: ["runs:read", "workflows:write", "admin"] },
  "tool:write": { role: "admin", scopes: ["admin"] },
  "key:read": { role: "admin", scopes: ["admin"] },
  "key:write": { role: "admin", scopes: ["admin"] },
  "member:read": { role: "admin", scopes: ["admin"] },
  "member:write": { role: "admin", scopes: ["admin"] },
  // The link is what allows it: this only requires a known caller.
  "invitation:decline": { role: "viewer", scopes: ["admin"] },
  "audit:read": { role: "admin", scopes: ["admin"] },
} as const satisfies Record<string, Permission>;
export type Action = keyof typeof permissions;

/** Whether this actor may do that. The system (worker, seeding) may do everything. Pure. */
export function isPermitted(actor: Actor, action: Action): boolean {
  const needed: Permission = permissions[action];
  if (actor.kind === "system") return true;
  if (actor.kind === "api_key") return needed.scopes.some((scope) => actor.scopes.includes(scope));
  return isRolePermitted(actor.role, action);
}

/** Whether a member with this role may do that. Pure. */
export function isRolePermitted(role: Role, action: Action): boolean {
  return roles.indexOf(role) >= roles.indexOf(permissions[action].role);
}

/** What the actor lacks for this, as a sentence; null when nothing. Pages show it on what they disable. */
export function denialOf(actor: Actor, action: Action): string | null {
  if (isPermitted(actor, action)) return null;
  const needed: Permission = permissions[action];
  return actor.kind === "api_key"
    ? `This API key lacks the scope ${needed.scopes.join(" or ")}.`
    : `This needs the role ${needed.role}.`;
}

/** First line of every verb. Throws `forbidden`, naming what is missing. */
export function authorize(ctx: Ctx, action: Action): void {
  const denial = denialOf(ctx.actor, action);
  if (denial !== null) throw new DomainError("forbidden", denial, { details: { action } });
}
