import { inTransaction } from "#/db/transaction.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit } from "./admission-store.ts";
import { changedRun } from "./get-run.ts";
import { lockRun, setControl } from "./run-store.ts";
import { settleIn } from "./settle-run.ts";

/**
 * Cancels a run. One that no worker holds ends at once; a held one is asked to stop, and its call in flight is aborted.
 * Cancelling again while it stops changes nothing. Throws `not_found`, and `run_final` when it has ended.
 */
export async function cancelRun(ctx: Ctx, id: string): Promise<Run> {
  await requestCancel(ctx, id);
  return changedRun(ctx, id);
}

/** The same without reading the run back. */
export async function requestCancel(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "run:control");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, id);
    if (!run) throw notFound("Run");
    if (isFinal(run.status)) throw new DomainError("run_final", `The run is already ${run.status}.`);
    if (run.control === "cancel") return;
    await recordAudit(ctx, tx, { action: "run.cancelled", target: id, details: { status: run.status } });
    if (run.status === "running") {
      await setControl(tx, run, "cancel", "user");
      await notify(tx, "control", id);
    } else {
      await settleIn(tx, { id, workspaceId: ctx.workspace.id }, { kind: "cancelled", reason: "user" });
      await admit(tx, [ctx.workspace.id]);
    }
  });
  announceRun(id);
}
