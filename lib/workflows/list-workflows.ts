import type { WorkflowSummary } from "#/lib/contract/workflow.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findWorkflow, listWorkflowRows, type WorkflowRow } from "./version-store.ts";
import { workflowView } from "./workflow-view.ts";

/** All workflows of the workspace, by slug. */
export async function listWorkflows(ctx: Ctx): Promise<WorkflowSummary[]> {
  authorize(ctx, "workflow:read");
  const rows = await listWorkflowRows(ctx.db, ctx.workspace.id);
  return rows.map((row) => workflowView(row.workflow, row.latestVersion));
}

/** One workflow by slug; throws `not_found`. */
export async function getWorkflow(ctx: Ctx, slug: string): Promise<WorkflowSummary> {
  authorize(ctx, "workflow:read");
  const [row] = await listWorkflowRows(ctx.db, ctx.workspace.id, slug);
  if (!row) throw notFound("Workflow");
  return workflowView(row.workflow, row.latestVersion);
}

/** The workflow's row or `not_found`; for verbs that have authorised already. */
export async function loadWorkflow(ctx: Ctx, slug: string): Promise<WorkflowRow> {
  const row = await findWorkflow(ctx.db, ctx.workspace.id, slug);
  if (!row) throw notFound("Workflow");
  return row;
}
