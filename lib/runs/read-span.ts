import type { SpanDetail } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { totalsOf } from "./below-store.ts";
import { findSpan, spanBodiesOf } from "./span-store.ts";
import { spanView } from "./step-view.ts";

/**
 * One span with input, output and attributes; a reused one shows those of the span it points to. Throws `not_found`.
 */
export async function readSpan(ctx: Ctx, runId: string, spanId: string): Promise<SpanDetail> {
  authorize(ctx, "run:read");
  const row = await findSpan(ctx.db, ctx.workspace.id, runId, spanId);
  if (!row) throw notFound("Span");
  const source = row.reusedSpan ?? row.id;
  const [totals, bodies] = await Promise.all([
    totalsOf(ctx.db, ctx.workspace.id, runId, [row.id]),
    spanBodiesOf(ctx.db, ctx.workspace.id, [source]),
  ]);
  return spanView(row, totals.get(row.id) ?? null, bodies.get(source) ?? null);
}
