import type { SpanDetail } from "#/lib/contract/run.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { childSpans, findSpan, spanBodiesOf } from "./span-store.ts";
import { spanView } from "./step-view.ts";

/** One span with input, output and attributes; a reused one shows those of the span it points to. Throws `not_found`. */
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
