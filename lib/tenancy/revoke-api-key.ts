import { inTransaction } from "#/db/transaction.ts";
import { notFound } from "#/lib/core/errors.ts";
import { revokeApiKeyRow, selectApiKey } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";

/** Revokes a key: it is refused from the next request on, and open streams end within 5 s. Revoking twice is harmless. */
export async function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "key:write");
  return inTransaction(ctx.db, async (tx) => {
    const key = await selectApiKey(tx, ctx.workspace.id, id);
    if (!key) throw notFound("API key");
    if (!(await revokeApiKeyRow(tx, ctx.workspace.id, id))) return;
    await recordAudit(ctx, tx, { action: "api_key.revoked", target: id, details: { name: key.name } });
  });
}
