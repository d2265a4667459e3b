import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { deleteRuns, openDependents, runFamily } from "./deletion-store.ts";
import { lockRun } from "./run-store.ts";

/**
 * Deletes a run that has ended, with the runs inside it and everything stored about them. Replays of it stay: their
 * depth and lineage are their own; a step that they reused from it says that its body is no longer kept. Throws
 * `not_found`, `run_in_flight` while it has not ended, and `in_use` while a run that has not ended still reads it.
 */
export async function deleteRun(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "run:delete");
  await inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const run = await lockRun(tx, ctx.workspace.id, id);
    if (!run) throw notFound("Run");
    const family = await runFamily(tx, ctx.workspace.id, id);
    if (family.some((member) => !member.final))
      throw new DomainError("run_in_flight", `The run is ${run.status}; only a run that has ended can be deleted.`);
    const ids = family.map((member) => member.id);
    const readers = await openDependents(tx, ctx.workspace.id, ids);
    if (readers.length > 0)
      throw new DomainError("in_use", `A run that has not ended still reads this one: ${readers.join(", ")}.`, {
        details: { runs: readers },
      });
    await deleteRuns(tx, ctx.workspace.id, ids);
    const { workflowId, status } = run;
    await recordAudit(ctx, tx, {
      action: "run.deleted",
      target: id,
      details: { workflowId, status, runs: ids.length },
    });
  });
}
