import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { EffectView, StepError } from "#/lib/contract/run.ts";
import type { SpanKind, SpanStatus } from "#/lib/contract/status.ts";

/** A span with its bodies, as the transcript reads it. */
export type TranscriptSpan = {
  id: string;
  parentId: string | null;
  key: string;
  kind: SpanKind;
  nodeId: string;
  name: string;
  status: SpanStatus;
  modelRef: string | null;
  effect: EffectView | null;
  error: StepError | null;
  input: Json;
  output: Json;
};

export type TranscriptResult = { output: Json; isError: boolean };

type At = { spanId: string; nodeId: string };
/** One thing that the agent saw, said or called. `spanId` leads to where it happened. */
export type TranscriptItem = At &
  (
    | { type: "system"; text: string }
    | { type: "message"; role: "user" | "assistant"; text: string; modelRef: string | null }
    | { type: "thinking"; text: string; modelRef: string | null }
    | {
        type: "tool_call";
        callId: string | null;
        name: string;
        arguments: Json;
        /** null while there is no answer. */
        result: TranscriptResult | null;
        effect: EffectView | null;
        status: SpanStatus | null;
      }
    | { type: "answer"; output: Json; modelRef: string | null }
    | { type: "error"; code: string; message: string; partialText: string | null }
  );

/**
 * The conversation of a run (or of one agent) from its spans in pre-order: what the models were shown, what they said, the
 * tools they called, each call joined with its result and effect. Reads bodies tolerantly: what it does not know is skipped.
 */
export function buildTranscript(spans: readonly TranscriptSpan[]): TranscriptItem[] {
  const byKey = new Map(spans.map((span) => [span.key, span]));
  const agentsWithTurns = new Set(spans.flatMap((span) => (span.kind === "model_call" ? [span.parentId] : [])));
  const talk: Talk = { items: [], results: new Map(), byKey, told: new Set() };
  let failedAgent: TranscriptSpan | null = null;
  for (const span of spans) {
    if (failedAgent && !span.key.startsWith(`${failedAgent.key}/`)) {
      tellError(talk, failedAgent);
      failedAgent = null;
    }
    if (span.kind === "model" || span.kind === "model_call") tellModelCall(talk, span);
    else if (span.kind === "agent") failedAgent = tellAgent(talk, span, agentsWithTurns.has(span.id));
    else if (span.kind === "tool" || span.kind === "tool_call") tellTool(talk, span);
    else if (span.kind === "attempt") tellError(talk, span);
  }
  if (failedAgent) tellError(talk, failedAgent);
  for (const item of talk.items)
    if (item.type === "tool_call") item.result ??= talk.results.get(resultKey(item)) ?? null;
  return talk.items;
}

type Talk = {
  items: TranscriptItem[];
  /** Tool results that a later turn was shown, by node and call id; the span's own output is preferred. */
  results: Map<string, TranscriptResult>;
  byKey: Map<string, TranscriptSpan>;
  /** Tool spans that stand in the transcript already, under the turn that called them. */
  told: Set<string>;
};

function resultKey(item: { nodeId: string; callId: string | null }): string {
  return `${item.nodeId}\n${item.callId}`;
}

/** Gives the agent back when its own failure is still to be told, after its turns. */
function tellAgent(talk: Talk, span: TranscriptSpan, hasTurns: boolean): TranscriptSpan | null {
  // Its first turn shows the same messages; without a turn (it failed before, or is being read alone) it speaks itself.
  if (!hasTurns) tellModelCall(talk, span);
  return hasTurns && span.error && !isToldByTurn(talk, span) ? span : null;
}

/** An agent that fails because a turn failed says the same as that turn. */
function isToldByTurn(talk: Talk, agent: TranscriptSpan): boolean {
  return [...talk.byKey.values()].some(
    (span) => span.parentId === agent.id && span.kind === "model_call" && span.error?.message === agent.error?.message,
  );
}

function tellModelCall(talk: Talk, span: TranscriptSpan): void {
  const at = { spanId: span.id, nodeId: span.nodeId };
  const input = recordOf(span.input);
  const system = textOf(input?.system);
  if (system) talk.items.push({ ...at, type: "system", text: system });
  for (const message of recordsOf(input?.messages)) tellShown(talk, span, message);
  tellSaid(talk, span);
  tellError(talk, span);
}

/** A message that the model was shown. Tool results belong to their calls, and are told there. */
function tellShown(talk: Talk, span: TranscriptSpan, message: JsonObject): void {
  const at = { spanId: span.id, nodeId: span.nodeId };
  const role = message.role === "assistant" ? "assistant" : "user";
  for (const part of recordsOf(message.parts)) {
    const text = textOf(part.text);
    if (part.type === "text" && text) talk.items.push({ ...at, type: "message", role, text, modelRef: null });
    if (part.type === "tool_result" && typeof part.callId === "string")
      talk.results.set(resultKey({ nodeId: span.nodeId, callId: part.callId }), {
        output: part.output ?? null,
        isError: part.isError === true,
      });
  }
}

/** What the model answered: parts of a turn, or the plain output of a model step. */
function tellSaid(talk: Talk, span: TranscriptSpan): void {
  const at = { spanId: span.id, nodeId: span.nodeId };
  const { modelRef } = span;
  const parts = recordsOf(recordOf(span.output)?.parts);
  if (span.kind === "model_call" && parts.length > 0) {
    let calls = 0;
    for (const part of parts) {
      const text = textOf(part.text);
      if (part.type === "thinking" && text) talk.items.push({ ...at, type: "thinking", text, modelRef });
      if (part.type === "text" && text) talk.items.push({ ...at, type: "message", role: "assistant", text, modelRef });
      if (part.type === "tool_call") tellCall(talk, span, part, calls++);
    }
  } else if (span.status === "completed" && typeof span.output === "string")
    talk.items.push({ ...at, type: "message", role: "assistant", text: span.output, modelRef });
  else if (span.status === "completed" && span.output !== null)
    talk.items.push({ ...at, type: "answer", output: span.output, modelRef });
}

/** A call that a turn asked for; its span is found by its key, `turn key/name-index`. */
function tellCall(talk: Talk, turn: TranscriptSpan, part: JsonObject, index: number): void {
  const name = textOf(part.name) ?? "tool";
  const made = talk.byKey.get(`${turn.key}/${name}-${index}`);
  if (made) talk.told.add(made.id);
  talk.items.push({
    spanId: made?.id ?? turn.id,
    nodeId: turn.nodeId,
    type: "tool_call",
    callId: textOf(part.id),
    name,
    arguments: part.arguments ?? null,
    result: made ? resultOf(made) : null,
    effect: made?.effect ?? null,
    status: made?.status ?? null,
  });
}

function tellTool(talk: Talk, span: TranscriptSpan): void {
  if (talk.told.has(span.id)) return;
  const input = recordOf(span.input);
  talk.items.push({
    spanId: span.id,
    nodeId: span.nodeId,
    type: "tool_call",
    callId: null,
    name: span.name,
    arguments: input && Object.hasOwn(input, "arguments") ? (input.arguments ?? null) : span.input,
    result: resultOf(span),
    effect: span.effect,
    status: span.status,
  });
}

function resultOf(span: TranscriptSpan): TranscriptResult | null {
  if (span.error) return { output: span.error.message, isError: true };
  return span.status === "completed" ? { output: span.output, isError: false } : null;
}

function tellError(talk: Talk, span: TranscriptSpan): void {
  if (!span.error) return;
  const { code, message } = span.error;
  const partialText = textOf(recordOf(span.output)?.partialText);
  talk.items.push({ spanId: span.id, nodeId: span.nodeId, type: "error", code, message, partialText });
}

function recordOf(value: Json | undefined): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

function recordsOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.map(recordOf).filter((item) => item !== null) : [];
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
