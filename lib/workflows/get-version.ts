import type { WorkflowVersionDetail, WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { loadWorkflow } from "./list-workflows.ts";
import { definitionJson } from "./stored-definition.ts";
import { findVersion, listVersionRows } from "./version-store.ts";

/** One version with its definition, by number or `latest`; a deleted one is `not_found`. */
export async function getVersion(ctx: Ctx, slug: string, version: number | "latest"): Promise<WorkflowVersionDetail> {
  authorize(ctx, "workflow:read");
  const workflow = await loadWorkflow(ctx, slug);
  const row = await findVersion(ctx.db, workflow.id, version);
  if (!row || row.deletedAt) throw notFound("Workflow version");
  return {
    id: row.id,
    version: row.version,
    contentHash: row.contentHash,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    workflow: { id: workflow.id, slug },
    definition: definitionJson(row.definition),
  };
}

/** The versions that are not deleted, newest first. */
export async function listVersions(ctx: Ctx, slug: string): Promise<WorkflowVersionSummary[]> {
  authorize(ctx, "workflow:read");
  const workflow = await loadWorkflow(ctx, slug);
  const rows = await listVersionRows(ctx.db, workflow.id);
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
