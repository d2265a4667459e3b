import { inTransaction } from "#/db/transaction.ts";
import type { Run } from "#/lib/contract/run.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit } from "./admission-store.ts";
import { changedRun } from "./get-run.ts";
import { queuedState } from "./queued-state.ts";
import { changeStatus, lockRun } from "./run-store.ts";
import { startTime } from "./start-time.ts";

/** Gives a delayed run another time; a past time releases it at once. Throws `run_not_delayed` for any other run. */
export async function rescheduleRun(ctx: Ctx, id: string, request: { delay: string }): Promise<Run> {
  authorize(ctx, "run:control");
  const startAt = startTime(request.delay, ctx.clock.now());
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, id);
    if (!run) throw notFound("Run");
    if (run.status !== "pending" || run.statusReason !== "delayed")
      throw new DomainError("run_not_delayed", "Only a delayed run can be rescheduled.");
    await changeStatus(tx, run, {
      to: "pending",
      set: { startAt, ...queuedState({ ...run, startAt, expiresAt: null }, ctx.clock.now()) },
      event: { type: "run.rescheduled", data: { startAt: startAt.toISOString() } },
    });
    await admit(tx, [ctx.workspace.id]);
  });
  announceRun(id);
  return changedRun(ctx, id);
}
