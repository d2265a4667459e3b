import { inTransaction } from "#/db/transaction.ts";
import type { WorkflowSummary } from "#/lib/contract/workflow.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { getWorkflow } from "./list-workflows.ts";
import { lockWorkflow, setPaused } from "./version-store.ts";

/** Pauses a workflow for safety: it takes no triggers and no replays, and queued runs fail before they call anything. */
export function pauseWorkflow(ctx: Ctx, slug: string, reason: string): Promise<WorkflowSummary> {
  return change(ctx, slug, { reason, by: actorId(ctx.actor) }, reason);
}

/** Lets a paused workflow run again; a reason goes into the audit log. Nothing happens when it is not paused. */
export function unpauseWorkflow(ctx: Ctx, slug: string, reason?: string): Promise<WorkflowSummary> {
  return change(ctx, slug, null, reason);
}

async function change(
  ctx: Ctx,
  slug: string,
  pause: { reason: string; by: string | null } | null,
  reason: string | undefined,
): Promise<WorkflowSummary> {
  authorize(ctx, "workflow:pause");
  return inTransaction(ctx.db, async (tx) => {
    const workflow = await lockWorkflow(tx, ctx.workspace.id, slug);
    if (!workflow) throw notFound("Workflow");
    const changes = pause !== null || workflow.pausedAt !== null;
    if (changes) {
      await setPaused(tx, workflow.id, pause);
      await recordAudit(ctx, tx, {
        action: pause ? "workflow.paused" : "workflow.unpaused",
        target: workflow.id,
        details: { slug, ...(reason === undefined ? {} : { reason }) },
      });
    }
    return getWorkflow({ ...ctx, db: tx }, slug);
  });
}
