import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { effectView } from "#/lib/runs/step-view.ts";
import type { SpanRow as StoredSpan } from "#/lib/runs/span-store.ts";
import type { OwnTexts } from "#/lib/tools/canonical-call.ts";
import type { ComparedBodies, CompareStep } from "./compare.ts";
import type { SpanOrder } from "./pre-order.ts";
import { orderSpans } from "./span-order.ts";
import type { SpanRow } from "./span-row.ts";
import { subtreeSums } from "./subtree-sums.ts";
import { diffValues } from "./value-diff.ts";

/** A step of one side; its bodies are read separately. */
export type BareStep = CompareStep & { spanId: string };

/**
 * What two runs are compared by: their steps and, inside these, the model and tool calls of agents, in the order of the
 * trace. A step's usage includes all that it called; unknown stays null. Attempts are part of their step.
 */
export function comparableSteps(rows: readonly StoredSpan[], runStartedAt: Date | null): BareStep[] {
  const traceRows: SpanRow[] = rows.map((row) => ({ ...row, reusedFromSpan: row.reusedSpan }));
  const order = orderSpans(traceRows);
  const sums = (
    field: "inputTokens" | "outputTokens" | "cacheReadTokens" | "cacheWriteTokens" | "reasoningTokens" | "costMicros",
  ) => subtreeSums(traceRows, order, (row) => row[field]);
  const calls = subtreeSums(traceRows, order, () => 1);
  const answered = answeredModels(rows, order);
  const [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, costMicros] = [
    sums("inputTokens"),
    sums("outputTokens"),
    sums("cacheReadTokens"),
    sums("cacheWriteTokens"),
    sums("reasoningTokens"),
    sums("costMicros"),
  ];
  const steps: BareStep[] = [];
  for (let position = 0; position < rows.length; position += 1) {
    const row = rows[order.row[position] ?? 0] as StoredSpan;
    if (row.kind === "attempt") continue;
    const at = (column: (number | null)[]) => column[position] ?? null;
    steps.push({
      ...plainStep(row, runStartedAt),
      answeredModel: answered[position] ?? null,
      usage:
        at(calls) === null
          ? null
          : {
              inputTokens: at(inputTokens),
              outputTokens: at(outputTokens),
              cacheReadTokens: at(cacheReadTokens),
              cacheWriteTokens: at(cacheWriteTokens),
              reasoningTokens: at(reasoningTokens),
            },
      costMicros: at(costMicros),
    });
  }
  return steps;
}

/** In pre-order: the model that answered a span itself, else the last one that answered inside it. */
function answeredModels(rows: readonly StoredSpan[], { row, parent }: SpanOrder): (string | null)[] {
  const answered: (string | null)[] = rows.map(() => null);
  for (let position = rows.length - 1; position >= 0; position -= 1) {
    const model = rows[row[position] ?? 0]?.answeredModel ?? answered[position] ?? null;
    answered[position] = model;
    const around = parent[position] ?? -1;
    if (around !== -1) answered[around] ??= model;
  }
  return answered;
}

function plainStep(row: StoredSpan, runStartedAt: Date | null) {
  const startedAtMs = row.startedAt?.getTime();
  // A reused step took no time here; its times are those of the run that made it.
  const isOwn = row.reusedSpan === null && startedAtMs !== undefined;
  return {
    spanId: row.id,
    key: row.key,
    nodeId: row.nodeId,
    type: row.kind,
    status: row.status,
    startMs: isOwn && runStartedAt ? Math.max(0, startedAtMs - runStartedAt.getTime()) : null,
    durationMs: isOwn && row.finishedAt ? Math.max(0, row.finishedAt.getTime() - startedAtMs) : null,
    modelRef: row.modelRef,
    promptHash: row.promptHash,
    effect: effectView(row),
    signature: row.callSignature,
  };
}

/** A body with the texts that one run alone has (own-texts.ts) replaced by their stand-ins. */
export function withoutOwnTexts(body: Json, own: OwnTexts): Json {
  const text = JSON.stringify(body);
  if (!own.some(([ownText]) => text.includes(ownText))) return body;
  return JSON.parse(own.reduce((rest, [ownText, standsFor]) => rest.replaceAll(ownText, standsFor), text)) as Json;
}

/**
 * A step's bodies as they are compared: without repetitions (a request body that repeats the arguments), and without
 * what providers make up anew for each answer (ids of calls, signatures), which always differs between two runs.
 */
export function comparedBodies(type: string, { input, output }: ComparedBodies): ComparedBodies {
  if (type === "model_call") return { input: plainMessages(input), output: plainAnswer(output) };
  return { input: comparedInput(input), output };
}

function comparedInput(input: Json): Json {
  if (!isObject(input) || !Object.hasOwn(input, "arguments") || !isObject(input["request"])) return input;
  const { body, ...request } = input["request"];
  if (body === undefined || diffValues(body, input["arguments"] ?? null) !== null) return input;
  return { ...input, request };
}

/** The turn of an agent: `{ messages: [{ role, parts }], … }` in, `{ parts, output }` out. */
function plainMessages(input: Json): Json {
  if (!isObject(input) || !Array.isArray(input["messages"])) return input;
  return { ...input, messages: input["messages"].map(plainAnswer) };
}

function plainAnswer(message: Json): Json {
  if (!isObject(message) || !Array.isArray(message["parts"])) return message;
  return { ...message, parts: message["parts"].map(plainPart) };
}

function plainPart(part: Json): Json {
  if (!isObject(part)) return part;
  const { id: _id, callId: _callId, signature: _signature, ...plain } = part;
  return plain;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
