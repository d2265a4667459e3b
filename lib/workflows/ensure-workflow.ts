import { inTransaction } from "#/db/transaction.ts";
import { Slug } from "#/lib/contract/workflow.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findWorkflow, insertWorkflow } from "./version-store.ts";

/**
 * Makes a workflow without a version, named by its slug, unless there is one: whoever starts runs may be deployed before
 * whoever pushes the definition. Throws `validation_failed` for what cannot be a slug.
 */
export async function ensureWorkflow(ctx: Ctx, slug: string): Promise<void> {
  authorize(ctx, "run:trigger");
  if (await findWorkflow(ctx.db, ctx.workspace.id, slug)) return;
  if (!Slug.safeParse(slug).success) throw invalidField("params.slug", "cannot be a workflow's slug");
  await inTransaction(ctx.db, async (tx) => {
    const workflow = { id: newId("workflow"), workspaceId: ctx.workspace.id, slug, name: slug };
    const made = await insertWorkflow(tx, workflow);
    if (made)
      await recordAudit(ctx, tx, { action: "workflow.created", target: made.id, details: { slug, version: null } });
  });
}
