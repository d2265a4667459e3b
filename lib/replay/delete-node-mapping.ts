import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { mappingAuthor, notTheirs } from "./mapping-author.ts";
import { deleteMappingRow } from "./store.ts";

/**
 * Deletes a mapping of the actor's own or, as an admin, a shared one. Throws `forbidden` for one that someone else
 * shares, `not_found` for any other.
 */
export async function deleteNodeMapping(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "mapping:write");
  await inTransaction(ctx.db, async (tx) => {
    const author = mappingAuthor(ctx.actor);
    const row = await deleteMappingRow(tx, ctx.workspace.id, id, author);
    if (!row) throw notFound("Node mapping");
    if (row.author !== author && !isPermitted(ctx.actor, "mapping:administer"))
      throw new DomainError("forbidden", notTheirs);
    await recordAudit(ctx, tx, { action: "mapping.deleted", target: id });
  });
}
