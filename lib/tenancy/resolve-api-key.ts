import type { DbHandle } from "#/db/client.ts";
import { now } from "#/lib/core/clock.ts";
import { apiKeyHash } from "./api-key-secret.ts";
import { selectApiKeyByHash, touchApiKey } from "./api-key-store.ts";
import type { Actor, WorkspaceRef } from "./ctx.ts";

const touchAfterMs = 60_000;

/** The actor and workspace behind a secret; null for an unknown, expired or revoked one. Looked up by hash. */
export async function resolveApiKey(
  db: DbHandle,
  secret: string,
): Promise<{ actor: Actor; workspace: WorkspaceRef } | null> {
  const hash = apiKeyHash(secret);
  const found = hash === null ? null : await selectApiKeyByHash(db, hash);
  if (!found) return null;
  const { key, workspace } = found;
  const nowMs = now().getTime();
  if (key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt.getTime() <= nowMs)) return null;
  if (key.lastUsedAt === null || nowMs - key.lastUsedAt.getTime() >= touchAfterMs) await touchApiKey(db, key.id);
  return { actor: { kind: "api_key", keyId: key.id, scopes: key.scopes, createdBy: key.createdBy }, workspace };
}
