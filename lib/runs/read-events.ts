import { inIndexOrder } from "#/db/transaction.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lifecycleEvents, type RunEventRow } from "./run-store.ts";
import { type EventSpan, spansEndedBetween, spansStartedAfter } from "./span-store.ts";
import { isStep } from "./step-view.ts";

/** The most events read at once. */
export const mostEvents = 1000;

/** Of PostgreSQL's `integer`, in which a run counts. */
const maxInteger = 2 ** 31 - 1;

type EventPage = { data: RunEvent[]; hasMore: boolean; final: boolean };

/**
 * A run's history after a number, in order and without gaps, at most `limit` events: lifecycle events and the starts
 * and ends of its steps share one counter. No more than that is read, however long the run is. `final` says that
 * nothing more will come. Throws `not_found`.
 */
export async function readEvents(
  ctx: Ctx,
  runId: string,
  after: number,
  limit: number = mostEvents,
): Promise<EventPage> {
  authorize(ctx, "run:read");
  const { lifecycle, started, ended } = await inIndexOrder(ctx.db, async (tx) => {
    // Each of the three in order, with one more than needed: the first events of all are among them.
    const part = [tx, ctx.workspace.id, runId, after, limit + 1] as const;
    const ofRun = await lifecycleEvents(...part);
    if (!ofRun) throw notFound("Run");
    const starts = await spansStartedAfter(...part);
    // Behind that last start nothing belongs to this page.
    const upTo = (starts.length > limit ? starts.at(-1)?.startRev : null) ?? maxInteger;
    const ends = await spansEndedBetween(tx, ctx.workspace.id, runId, { after, upTo, limit: limit + 1 });
    return { lifecycle: ofRun, started: starts, ended: ends };
  });
  const events = [...lifecycle.rows.map(lifecycleEvent), ...started.map(startEvent), ...ended.map(endEvent)];
  const hasMore = events.length > limit;
  const data = events.toSorted((a, b) => a.seq - b.seq).slice(0, limit);
  return { data, hasMore, final: lifecycle.final && !hasMore };
}

/** A step that began to wait has its own event too, which names the step in its data. */
function lifecycleEvent({ seq, type, at, data }: RunEventRow): RunEvent {
  const { nodeId = null, spanId = null, key = null, ...rest } = data as JsonObject & Partial<StepNames>;
  return { seq, type, at: at.toISOString(), nodeId, spanId, key, data: rest };
}

type StepNames = Pick<RunEvent, "nodeId" | "spanId" | "key">;

function startEvent(span: EventSpan): RunEvent {
  const type = `${isStep(span) ? "step" : span.kind}.started`;
  return { seq: span.startRev, type, at: timeText(span.startedAt), ...namesOf(span), data: {} };
}

function endEvent(span: EventSpan): RunEvent {
  const type = `${isStep(span) ? "step" : span.kind}.${span.status}`;
  return { seq: span.rev, type, at: timeText(span.finishedAt), ...namesOf(span), data: endData(span) };
}

function namesOf({ nodeId, id, key }: EventSpan): StepNames {
  return { nodeId, spanId: id, key };
}

function timeText(time: Date | null): string {
  return (time ?? new Date(0)).toISOString();
}

function endData(span: EventSpan): RunEvent["data"] {
  return {
    attempt: span.attempt,
    ...(span.error ? { error: { ...span.error } } : {}),
    ...(span.effectVerdict ? { effect: span.effectVerdict } : {}),
  };
}
