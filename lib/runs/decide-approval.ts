import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { ApprovalRequest } from "#/lib/contract/run.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { now } from "#/lib/core/clock.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit } from "./admission-store.ts";
import { insertApproval } from "./approval-store.ts";
import { changedRun } from "./get-run.ts";
import { lockRun } from "./run-store.ts";
import { requeue } from "./settle-run.ts";
import { findSpan, spanBodiesOf } from "./span-store.ts";

/**
 * Decides an approval that a run waits for; the first decision counts. Throws `not_found` for a span that is not an
 * approval, `run_final`, and `conflict` when it was already decided or has timed out.
 */
export async function decideApproval(ctx: Ctx, runId: string, spanId: string, request: ApprovalRequest): Promise<Run> {
  authorize(ctx, "run:control");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, runId);
    const span = await findSpan(tx, ctx.workspace.id, runId, spanId);
    const asked = span?.kind === "wait" && "approval" in Object(await spanInput(tx, ctx.workspace.id, spanId));
    if (!run || !span || !asked) throw notFound("Approval");
    if (isFinal(run.status)) throw new DomainError("run_final", `The run is already ${run.status}.`);
    const open = span.status === "waiting" && (span.wakeAt === null || span.wakeAt > now());
    const first =
      open &&
      (await insertApproval(tx, {
        spanId,
        decision: request.decision,
        comment: request.comment ?? null,
        decidedBy: actorId(ctx.actor),
      }));
    if (!first) throw new DomainError("conflict", "This approval was already decided or has timed out.");
    await recordAudit(ctx, tx, {
      action: request.decision === "approve" ? "run.approved" : "run.rejected",
      target: runId,
      details: { spanId, nodeId: span.nodeId },
    });
    if (run.status === "waiting") await requeue(tx, run);
    await admit(tx, [ctx.workspace.id]);
  });
  announceRun(runId);
  return changedRun(ctx, runId);
}

async function spanInput(tx: Transaction, workspaceId: string, spanId: string): Promise<Json> {
  const bodies = await spanBodiesOf(tx, workspaceId, [spanId]);
  return bodies.get(spanId)?.input ?? null;
}
