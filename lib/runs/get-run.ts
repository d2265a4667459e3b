import type { Run } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findRun, findRunBody, type RunWithSlug } from "./run-store.ts";
import { runView } from "./run-view.ts";

/** One run with payload and output. Throws `not_found` (also for another workspace's run). */
export async function getRun(ctx: Ctx, id: string): Promise<Run> {
  authorize(ctx, "run:read");
  const row = await loadRun(ctx, id);
  // Behind the row: a run that was seen as completed has its output.
  const body = await findRunBody(ctx.db, ctx.workspace.id, id);
  return runView(ctx.workspace.slug, row, body);
}

/** The run's row or `not_found`; for verbs that have authorised already. */
export async function loadRun(ctx: Ctx, id: string): Promise<RunWithSlug> {
  const row = await findRun(ctx.db, ctx.workspace.id, id);
  if (!row) throw notFound("Run");
  return row;
}
