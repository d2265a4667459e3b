import { inTransaction } from "#/db/transaction.ts";
import type { NodeMappingView, PutNodeMappingRequest } from "#/lib/contract/mapping.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { namesOf } from "#/lib/tenancy/actor-names.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { findVersion } from "#/lib/workflows/version-store.ts";
import { mappingAuthor, notTheirs } from "./mapping-author.ts";
import { mappingView } from "./mapping-view.ts";
import { definitionOf, mappingFaults, nodeTypesOf } from "./node-map.ts";
import { deleteOwnMapping, upsertMapping } from "./store.ts";

/**
 * Saves the mapping of a version pair, private to its author or shared with the workspace, so that it is in force for
 * the actor. It replaces the one of the same visibility; a shared one also replaces the actor's private one, which
 * would win over it. A mapping that all share can be changed by its author or an admin. All or nothing. Throws
 * `not_found` for an unknown workflow or version, `mapping_invalid` for unknown nodes or more than 1,000 pairs,
 * `forbidden` for another's.
 */
export async function putNodeMapping(ctx: Ctx, request: PutNodeMappingRequest): Promise<NodeMappingView> {
  authorize(ctx, "mapping:write");
  const workflow = await loadWorkflow(ctx, request.workflow);
  const [source, target] = await Promise.all([
    findVersion(ctx.db, workflow.id, request.from),
    findVersion(ctx.db, workflow.id, request.to),
  ]);
  if (!source || !target || target.deletedAt) throw notFound("Workflow version");
  const types = (version: typeof source) => nodeTypesOf(definitionOf(version));
  const faults = mappingFaults(request.pairs, types(source), types(target), "body.pairs");
  if (faults.length > 0)
    throw new DomainError("mapping_invalid", `The mapping cannot be saved: ${faults[0]?.path} ${faults[0]?.message}`, {
      fields: faults.slice(0, 100),
    });
  const pair = { workflowId: workflow.id, from: request.from, to: request.to };
  return inTransaction(ctx.db, async (tx) => {
    const author = mappingAuthor(ctx.actor);
    const row = await upsertMapping(
      tx,
      {
        id: newId("mapping"),
        workspaceId: ctx.workspace.id,
        workflowId: workflow.id,
        fromVersion: request.from,
        toVersion: request.to,
        visibility: request.visibility,
        author,
        pairs: request.pairs,
      },
      { whoever: isPermitted(ctx.actor, "mapping:administer") },
    );
    if (!row) throw new DomainError("forbidden", notTheirs);
    await recordAudit(ctx, tx, {
      action: "mapping.saved",
      target: row.id,
      details: {
        workflow: workflow.slug,
        from: row.fromVersion,
        to: row.toVersion,
        visibility: row.visibility,
        revision: row.revision,
      },
    });
    const replaced = row.visibility === "shared" ? await deleteOwnMapping(tx, ctx.workspace.id, pair, author) : null;
    if (replaced) await recordAudit(ctx, tx, { action: "mapping.deleted", target: replaced });
    return mappingView(row, workflow.slug, await namesOf(tx, ctx.workspace.id, [row.author]));
  });
}
