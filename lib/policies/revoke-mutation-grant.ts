import { inTransaction } from "#/db/transaction.ts";
import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockGrant, markGrantRevoked, selectGrant } from "./grant-store.ts";
import { grantState, grantView } from "./mutation-grant.ts";

/**
 * Ends a grant permanently: no call that asks after this commits may rely on it. A grant that was revoked or has
 * expired stays as it is. Throws `not_found`.
 */
export async function revokeMutationGrant(ctx: Ctx, id: string): Promise<MutationGrantView> {
  authorize(ctx, "grant:write");
  const workspaceId = ctx.workspace.id;
  return inTransaction(ctx.db, async (tx) => {
    const grant = await lockGrant(tx, workspaceId, id);
    if (!grant) throw notFound("Mutation grant");
    const before = grantState(grant);
    if (before === "revoked" || before === "expired") return grantView(grant);
    await markGrantRevoked(tx, id, memberOf(ctx.actor));
    await recordAudit(ctx, tx, {
      action: "mutation_grant.revoked",
      target: id,
      details: { workflow: grant.workflow.slug, nodeIds: grant.nodeIds, before },
    });
    return grantView((await selectGrant(tx, workspaceId, id)) ?? grant);
  });
}
