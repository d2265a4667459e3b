import { inTransaction } from "#/db/transaction.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { deleteMappingRow } from "./store.ts";

/** Deletes a mapping of the actor's own or a shared one; throws `not_found` for any other. */
export async function deleteNodeMapping(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "mapping:write");
  await inTransaction(ctx.db, async (tx) => {
    const row = await deleteMappingRow(tx, ctx.workspace.id, id, memberOf(ctx.actor));
    if (!row) throw notFound("Node mapping");
    await recordAudit(ctx, tx, { action: "mapping.deleted", target: id });
  });
}
