import type { Json } from "#/lib/contract/json.ts";
import { now } from "#/lib/core/clock.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { renderText } from "#/lib/expressions/expression.ts";
import { findApproval } from "./approval-store.ts";
import type { Place } from "./place.ts";
import type { Session } from "./session.ts";
import type { SpanRecord } from "./span-record.ts";
import { Waiting } from "./waiting.ts";

type WaitNode = Extract<NodeDefinition, { type: "wait" }>;

/**
 * Waits outside memory, for a time or for someone's decision. A timer's output is null. An approval's output says what
 * was decided and by whom, also when it timed out: the graph decides what follows from it.
 */
export async function runWaitStep(session: Session, node: WaitNode, place: Place): Promise<Json> {
  const span = await open(session, node, place);
  const output = node.approval ? await decision(span) : due(span);
  if (output === undefined) throw new Waiting({ reason: node.approval ? "approval" : "timer", wakeAt: span.wakeAt });
  await session.writer.update(span, { status: "completed", finishedAt: now(), wakeAt: null, output });
  return output;
}

/** The span is written once, when the wait begins: waking the run in between does not move its end. */
async function open(session: Session, node: WaitNode, place: Place): Promise<SpanRecord> {
  const { key, parentId, scope, rendering } = place;
  const earlier = session.earlier.get(key);
  const title = node.approval?.title;
  const asked = title === undefined ? null : await rendering.real((steps) => renderText(title, scope, steps));
  const common = {
    key,
    kind: "wait",
    parentId,
    nodeId: node.id,
    name: nameOf(node, asked),
    status: "waiting",
  } as const;
  if (earlier) return session.writer.takeOver({ ...common, wakeAt: earlier.wakeAt });
  const ms = node.approval ? node.approval.timeoutMs : node.durationMs;
  return session.writer.start({
    ...common,
    wakeAt: ms === undefined ? null : new Date(now().getTime() + ms),
    input: node.approval ? { approval: { title: asked } } : { durationMs: node.durationMs ?? 0 },
  });
}

/** An approval is named after what it asks, which may name what it is about. */
function nameOf(node: WaitNode, asked: string | null): string {
  return asked ?? node.title ?? node.id;
}

async function decision(span: SpanRecord): Promise<Json | undefined> {
  const made = await findApproval(span.id);
  if (made)
    return {
      decision: made.decision,
      by: made.decidedBy,
      comment: made.comment,
      decidedAt: made.decidedAt.toISOString(),
    };
  return due(span) === undefined ? undefined : { decision: "timed_out", by: null, comment: null, decidedAt: null };
}

function due(span: SpanRecord): null | undefined {
  return span.wakeAt !== null && span.wakeAt.getTime() <= now().getTime() ? null : undefined;
}
