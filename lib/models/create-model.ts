import { inTransaction } from "#/db/transaction.ts";
import type { CreateModelRequest, ModelView } from "#/lib/contract/model.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findModel, modelRef } from "./catalogue.ts";
import { modelView } from "./model-view.ts";
import { insertModel, loadCatalogue } from "./store.ts";

/** Adds a model to the workspace's catalogue. Throws `conflict` when the catalogue already has its ref. */
export async function createModel(ctx: Ctx, request: CreateModelRequest): Promise<ModelView> {
  authorize(ctx, "model:write");
  const { id, provider, name = id, price = null } = request;
  const ref = modelRef(provider, id);
  return inTransaction(ctx.db, async (tx) => {
    const taken = new DomainError("conflict", `The catalogue already has ${ref}.`);
    if (findModel(await loadCatalogue(tx, ctx.workspace.id), ref)) throw taken;
    if (!(await insertModel(tx, ctx.workspace.id, { ref, id, provider, name, price }))) throw taken;
    await recordAudit(ctx, tx, { action: "model.created", target: ref, details: { name, price } });
    const [catalogue, policies] = [await loadCatalogue(tx, ctx.workspace.id), await loadPolicies(tx, ctx.workspace)];
    const made = findModel(catalogue, ref);
    if (!made) throw new Error("the model just made is not there");
    return modelView(made, { catalogue, ...policies }, ctx.clock.now());
  });
}
