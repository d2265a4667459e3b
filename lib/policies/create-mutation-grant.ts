import { inTransaction } from "#/db/transaction.ts";
import {
  longestGrantMs,
  type CreateMutationGrantRequest,
  type MutationGrantView,
} from "#/lib/contract/mutation-grant.ts";
import { checkedMoment } from "#/lib/contract/moment.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { insertGrant, selectGrant, type GrantDraft } from "./grant-store.ts";
import { grantView, type MutationGrant } from "./mutation-grant.ts";

/**
 * Allows live mutations for nodes of a workflow that the caller has looked up, in a person's name. Throws `forbidden`
 * for a key that acts for nobody, and `validation_failed` for an `until` that is past or more than 24 h away, by
 * database time.
 */
export async function createMutationGrant(
  ctx: Ctx,
  workflow: { id: string },
  request: CreateMutationGrantRequest,
): Promise<MutationGrantView> {
  authorize(ctx, "grant:write");
  const { workspace } = ctx;
  const draft: GrantDraft = {
    id: newId("mutationGrant"),
    workspaceId: workspace.id,
    workflowId: workflow.id,
    nodeIds: [...new Set(request.nodeIds)],
    reason: request.reason,
    needsApproval: request.needsApproval,
    grantedBy: grantingPerson(ctx),
    ends:
      request.until === undefined ? { durationMs: request.durationMs ?? 0 } : { until: checkedMoment(request.until) },
  };
  return inTransaction(ctx.db, async (tx) => {
    await insertGrant(tx, draft);
    const grant = await selectGrant(tx, workspace.id, draft.id);
    if (!grant) throw new Error("a grant that was just made is not there");
    if (request.until !== undefined) assertDuration(grant);
    await recordAudit(ctx, tx, {
      action: grant.needsApproval ? "mutation_grant.requested" : "mutation_grant.given",
      target: grant.id,
      details: {
        workflow: grant.workflow.slug,
        nodeIds: grant.nodeIds,
        until: grant.until.toISOString(),
        reason: grant.reason,
        grantedBy: draft.grantedBy,
      },
    });
    return grantView(grant);
  });
}

/** The person in whose name a grant is given or approved: the user, or the maker of the key. Throws `forbidden`. */
export function grantingPerson(ctx: Ctx): string {
  const person = memberOf(ctx.actor);
  if (person === null)
    throw new DomainError("forbidden", "A grant is made on behalf of a person, and this key acts for nobody.");
  return person;
}

function assertDuration({ until, at }: MutationGrant): void {
  const lastsMs = until.getTime() - at.getTime();
  if (lastsMs <= 0) throw invalidField("body.until", "must be in the future");
  if (lastsMs > longestGrantMs) throw invalidField("body.until", "must be at most 24 hours away");
}
