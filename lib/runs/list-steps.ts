import type { Step } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { loadRun } from "./get-run.ts";
import { listSpans, type SpanRow } from "./span-store.ts";
import { isStep, stepView } from "./step-view.ts";

/** The steps of a run in order of their start, each with its attempts. */
export async function listSteps(ctx: Ctx, runId: string): Promise<{ data: Step[] }> {
  authorize(ctx, "run:read");
  await loadRun(ctx, runId);
  const rows = await listSpans(ctx.db, ctx.workspace.id, runId);
  const inside = new Map<string, SpanRow[]>();
  for (const row of rows) {
    if (row.parentId === null) continue;
    const siblings = inside.get(row.parentId);
    if (siblings) siblings.push(row);
    else inside.set(row.parentId, [row]);
  }
  const below = (row: SpanRow): SpanRow[] => (inside.get(row.id) ?? []).flatMap((child) => [child, ...below(child)]);
  return { data: rows.filter(isStep).map((row) => stepView(row, below(row))) };
}
