import { inTransaction } from "#/db/transaction.ts";
import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { grantingPerson } from "./create-mutation-grant.ts";
import { lockGrant, markGrantApproved, selectGrant } from "./grant-store.ts";
import { grantView, mustApprove } from "./mutation-grant.ts";

/**
 * The second person's approval, which puts the grant in force. Approving twice changes nothing. Throws `not_found`,
 * `forbidden` for the person who asked for the grant, and `conflict` for one that needs no approval or has ended.
 */
export async function approveMutationGrant(ctx: Ctx, id: string): Promise<MutationGrantView> {
  authorize(ctx, "grant:write");
  const workspaceId = ctx.workspace.id;
  return inTransaction(ctx.db, async (tx) => {
    const grant = await lockGrant(tx, workspaceId, id);
    if (!grant) throw notFound("Mutation grant");
    const person = grantingPerson(ctx);
    if (!mustApprove(grant, person)) return grantView(grant);
    await markGrantApproved(tx, id, person);
    await recordAudit(ctx, tx, {
      action: "mutation_grant.approved",
      target: id,
      details: { workflow: grant.workflow.slug, nodeIds: grant.nodeIds, approvedBy: person },
    });
    return grantView((await selectGrant(tx, workspaceId, id)) ?? grant);
  });
}
