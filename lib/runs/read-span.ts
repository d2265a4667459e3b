import type { SpanDetail, Step } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { loadRun } from "./get-run.ts";
import { childSpans, findSpan, listSpans, spanBodiesOf, type SpanRow } from "./span-store.ts";
import { isStep, spanView, stepView } from "./step-view.ts";

/** One span with input, output and attributes; a re-used one shows those of the span it points to. Throws `not_found`. */
export async function readSpan(ctx: Ctx, runId: string, spanId: string): Promise<SpanDetail> {
  authorize(ctx, "run:read");
  const row = await findSpan(ctx.db, ctx.workspace.id, runId, spanId);
  if (!row) throw notFound("Span");
  const source = row.reusedSpan ?? row.id;
  const [inside, bodies] = await Promise.all([
    childSpans(ctx.db, ctx.workspace.id, runId, row.id),
    spanBodiesOf(ctx.db, ctx.workspace.id, [source]),
  ]);
  return spanView(row, inside, bodies.get(source) ?? null);
}

/** The steps of a run in order of their start, each with its attempts. */
export async function listSteps(ctx: Ctx, runId: string): Promise<{ data: Step[] }> {
  authorize(ctx, "run:read");
  await loadRun(ctx, runId);
  const rows = await listSpans(ctx.db, ctx.workspace.id, runId);
  const inside = new Map<string, SpanRow[]>();
  for (const row of rows)
    if (row.parentId !== null) inside.set(row.parentId, [...(inside.get(row.parentId) ?? []), row]);
  const below = (row: SpanRow): SpanRow[] => (inside.get(row.id) ?? []).flatMap((child) => [child, ...below(child)]);
  return { data: rows.filter(isStep).map((row) => stepView(row, below(row))) };
}
