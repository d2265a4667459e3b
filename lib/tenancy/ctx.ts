import type { DbHandle } from "#/db/client.ts";
import type { Role, Scope } from "#/lib/contract/access.ts";
import type { Clock } from "#/lib/core/clock.ts";

/** Who acts. A key acts for the member who made it (private node mappings, authorship). */
export type Actor =
  | { kind: "user"; userId: string; email: string; name: string; role: Role }
  | { kind: "api_key"; keyId: string; scopes: readonly Scope[]; createdBy: string | null }
  | { kind: "system"; name: string };

export type WorkspaceRef = { id: string; slug: string; name: string; accountId: string };

/** What every verb gets first: who acts, in which workspace, on which database handle. */
export type Ctx = {
  actor: Actor;
  workspace: WorkspaceRef;
  db: DbHandle;
  clock: Clock;
  requestId: string;
};

/** The actor's id as it is stored on rows; null for the system. */
export function actorId(actor: Actor): string | null {
  if (actor.kind === "user") return actor.userId;
  return actor.kind === "api_key" ? actor.keyId : null;
}

/** The member in whose name the actor works: the user, or the key's maker. */
export function memberOf(actor: Actor): string | null {
  if (actor.kind === "user") return actor.userId;
  return actor.kind === "api_key" ? actor.createdBy : null;
}
