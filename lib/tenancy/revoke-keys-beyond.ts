import type { Transaction } from "#/db/client.ts";
import type { Role } from "#/lib/contract/access.ts";
import { isBeyond } from "./api-key-rules.ts";
import { selectUnrevokedKeysOf } from "./api-key-store.ts";
import type { Ctx } from "./ctx.ts";
import { revokeWithDescendants } from "./revoke-api-key.ts";

/**
 * Revokes the keys that a member made and that may do more than the member may from now on (`role`; null = no longer a
 * member): whoever made a key may have kept its secret, and a key acts for its maker. Keys made with them go too.
 */
export async function revokeKeysBeyond(ctx: Ctx, tx: Transaction, userId: string, role: Role | null): Promise<void> {
  const because = role === null ? "its creator was removed" : `its creator is now ${role}`;
  for (const key of await selectUnrevokedKeysOf(tx, ctx.workspace.id, userId))
    if (isBeyond(key.scopes, role)) await revokeWithDescendants(ctx, tx, key.id, { because });
}
