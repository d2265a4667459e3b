import type { DbHandle } from "#/db/client.ts";
import { now } from "#/lib/core/clock.ts";
import { selectApiKey } from "./api-key-store.ts";
import type { Actor } from "./ctx.ts";
import { selectMember } from "./member-store.ts";

/**
 * The actor whose id a row holds (`actorId`), with the rights that they have now, so that work which somebody asked for
 * earlier is done in their name. Null for a member who was removed and a key that was revoked or has expired.
 */
export async function actorBehind(db: DbHandle, workspaceId: string, id: string | null): Promise<Actor | null> {
  if (id === null) return { kind: "system", name: "worker" };
  if (id.startsWith("key_")) {
    const key = await selectApiKey(db, workspaceId, id);
    const isValid = key !== null && key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now());
    return isValid ? { kind: "api_key", keyId: key.id, scopes: key.scopes, createdBy: key.createdBy } : null;
  }
  const member = await selectMember(db, workspaceId, id);
  return member && { kind: "user", userId: member.id, email: member.email, name: member.name, role: member.role };
}
