import { inTransaction } from "#/db/transaction.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkflow, markVersionDeleted } from "./version-store.ts";

/** Deletes a version: its runs stay, but can no longer be replayed on it; its number is never reused. */
export async function deleteVersion(ctx: Ctx, slug: string, version: number): Promise<void> {
  authorize(ctx, "workflow:write");
  await inTransaction(ctx.db, async (tx) => {
    const workflow = await lockWorkflow(tx, ctx.workspace.id, slug);
    if (!workflow || !(await markVersionDeleted(tx, workflow.id, version))) throw notFound("Workflow version");
    await recordAudit(ctx, tx, {
      action: "workflow.version_deleted",
      target: workflow.id,
      details: { slug, version },
    });
  });
}
