import type { NodeMappingView } from "#/lib/contract/mapping.ts";
import { namesOf } from "#/lib/tenancy/actor-names.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { mappingView } from "./mapping-view.ts";
import { listMappings } from "./store.ts";

/** The mappings of a version pair that the actor may use, a private one first. Never a colleague's private one. */
export async function getNodeMappings(
  ctx: Ctx,
  pair: { workflow: string; from: number; to: number },
): Promise<NodeMappingView[]> {
  authorize(ctx, "mapping:read");
  const workflow = await loadWorkflow(ctx, pair.workflow);
  const rows = await listMappings(
    ctx.db,
    ctx.workspace.id,
    { workflowId: workflow.id, from: pair.from, to: pair.to },
    memberOf(ctx.actor),
  );
  const authors = rows.map(({ author }) => author);
  const names = await namesOf(ctx.db, ctx.workspace.id, authors);
  return rows.map((row) => mappingView(row, workflow.slug, names));
}
