import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { notFound } from "#/lib/core/errors.ts";
import { revokeApiKeyRows, selectApiKey } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { lockMembers } from "./member-store.ts";
import { authorize } from "./permissions.ts";

/**
 * Revokes a key and the keys made with it: they are refused from the next request on, and open streams end within 5 s.
 * Revoking twice is harmless.
 */
export async function revokeApiKey(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "key:write");
  return inTransaction(ctx.db, async (tx) => {
    if (!(await selectApiKey(tx, ctx.workspace.id, id))) throw notFound("API key");
    // None is made with a key that is being revoked.
    await lockMembers(tx, ctx.workspace.id);
    await revokeWithDescendants(ctx, tx, id, {});
  });
}

/**
 * The same below the lock of members, for whoever has authorised already. One audit row for each key; that of the key itself
 * has `details` and how many went with it (`madeWithIt`), the others' tell which key took them along.
 */
export async function revokeWithDescendants(ctx: Ctx, tx: Transaction, id: string, details: JsonObject): Promise<void> {
  const revoked = await revokeApiKeyRows(tx, ctx.workspace.id, id);
  const others = revoked.filter((key) => key.id !== id);
  for (const { id: target, name } of revoked) {
    const own = { ...details, ...(others.length > 0 ? { madeWithIt: others.length } : {}) };
    const because = { because: "a key that it was made with was revoked", key: id };
    await recordAudit(ctx, tx, {
      action: "api_key.revoked",
      target,
      details: { name, ...(target === id ? own : because) },
    });
  }
}
