import type { Transaction } from "#/db/client.ts";
import type { Role } from "#/lib/contract/access.ts";
import { isBeyond } from "./api-key-rules.ts";
import { revokeApiKeyRow, selectUnrevokedKeysOf } from "./api-key-store.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";

/**
 * Revokes the keys that a member made and that may do more than the member may from now on (`role`; null = no longer a
 * member): whoever made a key may have kept its secret, and a key acts for its maker. One audit row for each key.
 */
export async function revokeKeysBeyond(ctx: Ctx, tx: Transaction, userId: string, role: Role | null): Promise<void> {
  for (const key of await selectUnrevokedKeysOf(tx, ctx.workspace.id, userId)) {
    if (!isBeyond(key.scopes, role) || !(await revokeApiKeyRow(tx, ctx.workspace.id, key.id))) continue;
    const details = {
      name: key.name,
      because: role === null ? "its creator was removed" : `its creator is now ${role}`,
    };
    await recordAudit(ctx, tx, { action: "api_key.revoked", target: key.id, details });
  }
}
