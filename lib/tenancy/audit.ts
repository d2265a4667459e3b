import type { Transaction } from "#/db/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { newId } from "#/lib/core/ids.ts";
import { insertAuditEvent } from "./audit-store.ts";
import { actorId, type Ctx } from "./ctx.ts";

/** Every audited action. Not audited: trigger, ingest, reads. */
export const auditActions = [
  "replay.submitted",
  "replay_batch.created",
  "replay_batch.paused",
  "replay_batch.resumed",
  "replay_batch.aborted",
  "replay_batch.retried",
  "schedule.created",
  "schedule.changed",
  "schedule.deleted",
  "run.cancelled",
  "run.paused",
  "run.resumed",
  "run.deleted",
  "workspace.changed",
  "run.approved",
  "run.rejected",
  "api_key.created",
  "api_key.revoked",
  "member.added",
  "member.role_changed",
  "member.removed",
  "member.password_link_created",
  "member.password_changed",
  "member.password_reset",
  "member.address_proven",
  "member.signed_out_everywhere",
  "invitation.created",
  "invitation.resent",
  "invitation.revoked",
  "invitation.accepted",
  "invitation.declined",
  "policy.changed",
  "account_policy.changed",
  "mutation_grant.requested",
  "mutation_grant.given",
  "mutation_grant.approved",
  "mutation_grant.revoked",
  "model.retired",
  "model.restored",
  "prompt.created",
  "prompt.revision_created",
  "prompt.deleted",
  "prompt.integrity_failed",
  "workflow.created",
  "workflow.version_pushed",
  "workflow.version_deleted",
  "workflow.paused",
  "workflow.unpaused",
  "mapping.saved",
  "mapping.deleted",
  "provider_key.changed",
  "variables.changed",
  "environment.changed",
  "model.created",
  "tool.live_mutation",
  "tool.created",
  "tool.deleted",
  "tool.override_changed",
  "mcp_server.created",
  "mcp_server.changed",
  "mcp_server.tools_changed",
  "mcp_server.trusted",
  "mcp_server.untrusted",
  "mcp_server.deleted",
] as const;
export type AuditAction = (typeof auditActions)[number];

/**
 * Writes the one audit row of a sensitive action, in the transaction of that action. `details` must hold no secret:
 * names, ids, hashes and before/after values of policies only.
 */
export async function recordAudit(
  ctx: Ctx,
  tx: Transaction,
  event: { action: AuditAction; target: string | null; details?: JsonObject },
): Promise<void> {
  await insertAuditEvent(tx, {
    id: newId("audit"),
    accountId: ctx.workspace.accountId,
    workspaceId: ctx.workspace.id,
    action: event.action,
    actorKind: ctx.actor.kind,
    actorId: actorId(ctx.actor),
    target: event.target,
    details: event.details ?? {},
    requestId: ctx.requestId,
  });
}
