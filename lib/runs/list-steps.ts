import { inIndexOrder } from "#/db/transaction.ts";
import type { Step } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { attemptsOf, totalsOf } from "./below-store.ts";
import { assertRun } from "./get-run.ts";
import { smallOutputs, stepsStartedAfter } from "./span-store.ts";
import { stepView } from "./step-view.ts";

/** The most steps on one page: as many as a version has nodes, so a run without maps comes whole. */
export const mostSteps = 1000;

/** Outputs on one page, in bytes: the smallest are shown, a larger one is read by its span. */
const mostOutputBytes = 1_048_576;

/**
 * The steps of a run in order of their start, each with its attempts. `after` is the number (in the run's counter) at which the last step shown began,
 * `next` the one after which the following page starts, or null.
 */
export async function listSteps(
  ctx: Ctx,
  runId: string,
  { limit, after }: { limit: number; after: number | null } = { limit: mostSteps, after: null },
): Promise<{ data: Step[]; next: number | null }> {
  authorize(ctx, "run:read");
  await assertRun(ctx, runId);
  const found = await inIndexOrder(ctx.db, (tx) =>
    stepsStartedAfter(tx, ctx.workspace.id, runId, after ?? 0, limit + 1),
  );
  const rows = found.slice(0, limit);
  const ids = rows.map(({ id }) => id);
  const completed = rows.filter((row) => row.status === "completed" && row.reusedSpan === null).map(({ id }) => id);
  const [totals, attempts, outputs] = await Promise.all([
    totalsOf(ctx.db, ctx.workspace.id, runId, ids),
    attemptsOf(ctx.db, ctx.workspace.id, runId, ids),
    smallOutputs(ctx.db, ctx.workspace.id, completed, mostOutputBytes),
  ]);
  return {
    data: rows.map((row) => stepView(row, totals.get(row.id) ?? null, attempts.get(row.id) ?? [], outputs.get(row.id))),
    next: found.length > limit ? (rows.at(-1)?.startRev ?? null) : null,
  };
}
