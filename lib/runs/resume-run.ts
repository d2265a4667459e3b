import { inTransaction } from "#/db/transaction.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit } from "./admission-store.ts";
import { changedRun } from "./get-run.ts";
import { lockRun, setControl } from "./run-store.ts";
import { requeue } from "./settle-run.ts";

/**
 * Puts a paused run back into the queue, to continue after the steps that have ended; takes back a pause that has not
 * happened yet. Throws `not_found`, `run_final`, and `illegal_transition` when the run is not paused.
 */
export async function resumeRun(ctx: Ctx, id: string): Promise<Run> {
  authorize(ctx, "run:control");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, id);
    if (!run) throw notFound("Run");
    if (isFinal(run.status)) throw new DomainError("run_final", `The run is already ${run.status}.`);
    await recordAudit(ctx, tx, { action: "run.resumed", target: id, details: { status: run.status } });
    if (run.status === "paused") {
      await requeue(tx, run);
      await admit(tx, [ctx.workspace.id]);
    } else if (run.control === "pause") {
      // The holder may have seen the request already; when it settles it finds that the pause was taken back.
      await setControl(tx, run, null, "user");
    } else throw new DomainError("illegal_transition", `The run is ${run.status}, not paused.`);
  });
  announceRun(id);
  return changedRun(ctx, id);
}
