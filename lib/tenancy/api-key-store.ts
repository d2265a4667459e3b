import { and, desc, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { apiKeys, workspaces } from "#/db/schema/tenancy.ts";
import type { WorkspaceRef } from "./ctx.ts";
import type { After } from "./keyset.ts";
import { workspaceColumns } from "./workspace-store.ts";

export type ApiKeyRow = typeof apiKeys.$inferSelect;

export async function insertApiKey(db: DbHandle, row: typeof apiKeys.$inferInsert): Promise<void> {
  await db.insert(apiKeys).values(row);
}

/** Newest first. */
export function selectApiKeys(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: After | null },
): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, workspaceId), behindRow(apiKeys, page.after)))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(page.limit);
}

export async function selectApiKey(db: DbHandle, workspaceId: string, id: string): Promise<ApiKeyRow | null> {
  const rows = await db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, id)));
  return rows[0] ?? null;
}

/** False when it was revoked before. */
export async function revokeApiKeyRow(db: DbHandle, workspaceId: string, id: string): Promise<boolean> {
  const rows = await db
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id });
  return rows.length === 1;
}

export function selectUnrevokedKeysOf(db: DbHandle, workspaceId: string, userId: string): Promise<ApiKeyRow[]> {
  return db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.createdBy, userId), isNull(apiKeys.revokedAt)));
}

/** Makes all keys that one user made in this workspace another's. */
export async function moveApiKeys(db: DbHandle, workspaceId: string, from: string, to: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ createdBy: to })
    .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.createdBy, from)));
}

export async function selectApiKeyByHash(
  db: DbHandle,
  hash: string,
): Promise<{ key: ApiKeyRow; workspace: WorkspaceRef } | null> {
  const rows = await db
    .select({ key: apiKeys, workspace: workspaceColumns })
    .from(apiKeys)
    .innerJoin(workspaces, eq(workspaces.id, apiKeys.workspaceId))
    .where(eq(apiKeys.secretHash, hash));
  return rows[0] ?? null;
}

/** At most one write per key and minute: concurrent requests find the time already updated. */
export async function touchApiKey(db: DbHandle, id: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - interval '1 minute'`))),
    );
}
