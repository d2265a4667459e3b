import { inTransaction } from "#/db/transaction.ts";
import type { ModelView } from "#/lib/contract/model.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { builtInCatalogue, findModel } from "./catalogue.ts";
import { modelView } from "./model-view.ts";
import { deleteRetirement, insertRetirement, loadCatalogue } from "./store.ts";

/**
 * Retires a model in this workspace, or restores it. From the next call on, nothing here calls a retired model. Throws
 * `not_found` for a ref outside the catalogue, `conflict` for restoring what its provider has retired. Audited when it
 * changes something.
 */
export async function setModelRetired(ctx: Ctx, ref: string, retired: boolean): Promise<ModelView> {
  authorize(ctx, "model:write");
  return inTransaction(ctx.db, async (tx) => {
    const model = findModel(await loadCatalogue(tx, ctx.workspace.id), ref);
    if (!model) throw notFound("Model");
    if (!retired && findModel(builtInCatalogue(ctx.clock.now()), ref)?.retired)
      throw new DomainError("conflict", "This model was retired by its provider.");
    const changed = retired
      ? await insertRetirement(tx, ctx.workspace.id, model)
      : await deleteRetirement(tx, ctx.workspace.id, ref);
    if (changed) await recordAudit(ctx, tx, { action: retired ? "model.retired" : "model.restored", target: ref });
    const [catalogue, policies] = [await loadCatalogue(tx, ctx.workspace.id), await loadPolicies(tx, ctx.workspace)];
    return modelView(findModel(catalogue, ref) ?? model, { catalogue, ...policies }, ctx.clock.now());
  });
}
