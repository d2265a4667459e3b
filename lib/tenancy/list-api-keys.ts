import type { ApiKeyView } from "#/lib/contract/administration.ts";
import { selectApiKeys, type ApiKeyRow } from "./api-key-store.ts";
import type { Ctx } from "./ctx.ts";
import { sliceOf, type After, type Slice } from "./keyset.ts";
import { authorize } from "./permissions.ts";

/** The workspace's keys, newest first, revoked ones included; never a secret. */
export async function listApiKeys(ctx: Ctx, page: { limit: number; after: After | null }): Promise<Slice<ApiKeyView>> {
  authorize(ctx, "key:read");
  const rows = await selectApiKeys(ctx.db, ctx.workspace.id, { limit: page.limit + 1, after: page.after });
  return sliceOf(rows, page.limit, apiKeyView);
}

function apiKeyView(row: ApiKeyRow): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}
