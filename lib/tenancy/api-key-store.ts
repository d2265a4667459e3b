import { and, desc, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
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

/** Revokes one key and all that were made with it, however far down; returns those that were not revoked before. */
export async function revokeApiKeyRows(db: DbHandle, workspaceId: string, id: string): Promise<ApiKeyRow[]> {
  const made = sql`(with recursive made as (
    select ${apiKeys.id} from ${apiKeys} where ${apiKeys.workspaceId} = ${workspaceId} and ${apiKeys.id} = ${id}
    union
    select ${apiKeys.id} from ${apiKeys} join made on ${apiKeys.madeWith} = made.id
    where ${apiKeys.workspaceId} = ${workspaceId}
  ) select id from made)`;
  return db
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(apiKeys.workspaceId, workspaceId), inArray(apiKeys.id, made), isNull(apiKeys.revokedAt)))
    .returning();
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
