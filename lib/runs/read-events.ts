import { onSnapshot } from "#/db/transaction.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findRun, lifecycleEvents, type RunEventRow } from "./run-store.ts";
import { spansChangedAfter, type SpanRow } from "./span-store.ts";
import { isEnded } from "./span-record.ts";
import { isStep } from "./step-view.ts";

/**
 * A run's history after a number, in order, without gaps: lifecycle events and the starts and ends of its steps share
 * one counter. `final` tells that nothing more will come. Throws `not_found`.
 */
export async function readEvents(
  ctx: Ctx,
  runId: string,
  after: number,
): Promise<{ data: RunEvent[]; final: boolean }> {
  authorize(ctx, "run:read");
  const { lifecycle, spans } = await onSnapshot(ctx.db, async (tx) => {
    if (!(await findRun(tx, ctx.workspace.id, runId))) throw notFound("Run");
    return {
      lifecycle: await lifecycleEvents(tx, ctx.workspace.id, runId, after),
      spans: await spansChangedAfter(tx, ctx.workspace.id, runId, after),
    };
  });
  const data = [...lifecycle.rows.map(lifecycleEvent), ...spans.flatMap(stepEvents)]
    .filter((event) => event.seq > after)
    .sort((a, b) => a.seq - b.seq);
  return { data, final: lifecycle.final };
}

/** A step that began to wait has an event of its own too, which names the step in its data. */
function lifecycleEvent({ seq, type, at, data }: RunEventRow): RunEvent {
  const { nodeId = null, spanId = null, key = null, ...rest } = data as JsonObject & Partial<StepNames>;
  return { seq, type, at: at.toISOString(), nodeId, spanId, key, data: rest };
}

type StepNames = Pick<RunEvent, "nodeId" | "spanId" | "key">;

function stepEvents(span: SpanRow): RunEvent[] {
  const common = { nodeId: span.nodeId, spanId: span.id, key: span.key };
  const ended = isEnded(span.status);
  const at = (time: Date | null) => (time ?? new Date(0)).toISOString();
  if (span.kind === "attempt")
    return [{ seq: span.rev, type: `attempt.${span.status}`, at: at(span.finishedAt), ...common, data: endData(span) }];
  const prefix = isStep(span) ? "step" : span.kind;
  const started: RunEvent = {
    seq: span.startRev,
    type: `${prefix}.started`,
    at: at(span.startedAt),
    ...common,
    data: {},
  };
  if (!ended || span.rev === span.startRev) return [started];
  return [
    started,
    { seq: span.rev, type: `${prefix}.${span.status}`, at: at(span.finishedAt), ...common, data: endData(span) },
  ];
}

function endData(span: SpanRow): RunEvent["data"] {
  return {
    attempt: span.attempt,
    ...(span.error ? { error: { ...span.error } } : {}),
    ...(span.effectVerdict ? { effect: span.effectVerdict } : {}),
  };
}
