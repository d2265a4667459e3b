import type { ModelView } from "#/lib/contract/model.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { modelView } from "./model-view.ts";
import { loadCatalogue } from "./store.ts";

/** The workspace's catalogue. Each model says whether it may be called here, and why not. */
export async function listModels(ctx: Ctx): Promise<ModelView[]> {
  authorize(ctx, "model:read");
  const [catalogue, policies] = await Promise.all([
    loadCatalogue(ctx.db, ctx.workspace.id),
    loadPolicies(ctx.db, ctx.workspace),
  ]);
  return catalogue.map((entry) => modelView(entry, { catalogue, ...policies }, ctx.clock.now()));
}
