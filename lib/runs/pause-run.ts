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
 * Pauses a run: a running one stops after the steps in flight, one that no worker holds at once. It gives up its slot.
 * Throws `not_found`, `run_final`; pausing a paused run changes nothing.
 */
export async function pauseRun(ctx: Ctx, id: string): Promise<Run> {
  authorize(ctx, "run:control");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, id);
    if (!run) throw notFound("Run");
    if (isFinal(run.status)) throw new DomainError("run_final", `The run is already ${run.status}.`);
    if (run.control === "cancel") throw new DomainError("illegal_transition", "The run is being cancelled.");
    if (run.status === "paused" || run.control === "pause") return;
    await recordAudit(ctx, tx, { action: "run.paused", target: id, details: { status: run.status } });
    if (run.status === "running") {
      await setControl(tx, run, "pause", "user");
      await notify(tx, "control", id);
    } else {
      await settleIn(tx, { id, workspaceId: ctx.workspace.id }, { kind: "paused" });
      await admit(tx, [ctx.workspace.id]);
    }
  });
  announceRun(id);
  return changedRun(ctx, id);
}
