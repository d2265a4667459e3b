import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { now } from "#/lib/core/clock.ts";
import type { ChatMessage, ModelRequest } from "#/lib/models/chat.ts";
import { splitModelRef } from "#/lib/models/catalogue.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import type { Budget } from "#/lib/expressions/cel-fault.ts";
import { renderText, renderValue, type Scope } from "#/lib/expressions/expression.ts";
import { validateJson } from "#/lib/workflows/bounded-schema.ts";
import { recordedAttempts, runAttempts } from "./attempts.ts";
import { callModelOnce, costOfModelCall, type PricedResponse } from "./model-call.ts";
import { waitsForAttribute } from "./log-lines.ts";
import { effectiveModelRef, effectivePrompt } from "./overrides.ts";
import type { Place } from "./place.ts";
import { retryRule } from "./retry.ts";
import type { Session } from "./session.ts";
import { inSlot } from "./in-slot.ts";
import type { SpanRecord } from "./span-record.ts";
import { Interrupted, LeftToLong, StepFailure } from "./step-failure.ts";
import { Waiting } from "./waiting.ts";

type ModelNode = Extract<NodeDefinition, { type: "model" }>;
type Opening = Pick<ModelRequest, "system" | "messages">;
type PromptedNode = Extract<NodeDefinition, { type: "model" | "agent" }>;

/** Runs a model node: one call (with retries). Its answer is text, or an object that fits the node's output schema. */
export async function runModelStep(session: Session, node: ModelNode, place: Place): Promise<Json> {
  const { key, parentId, scope } = place;
  const ref = effectiveModelRef(node, session.overrides);
  const opening = await place.rendering.real((steps) => openingMessages(session, node, scope, steps));
  const request = modelRequest(node, opening, ref);
  const started = await startModelSpan(session, { node, key, parentId, ref, input: requestBody(request) });
  try {
    const rule = retryRule("model", node.retry);
    const { result, attempt } = await runAttempts(
      session,
      { record: started, rule },
      async () => {
        const priced = await inSlot(session, () => callModelOnce(session, request, node.timeoutMs));
        return { ...priced, output: await answerOf(session.workspace.id, priced, node.output) };
      },
      costOfModelCall,
    );
    await session.writer.update(started, {
      status: "completed",
      finishedAt: now(),
      attempt,
      output: result.output,
      answeredModel: result.response.responseModel,
      attributes: responseAttributes(ref, result),
      ...(attempt === 1 ? callUsage(result) : {}),
    });
    return result.output;
  } catch (error) {
    throw await failModelSpan(session, started, true, error);
  }
}

/** The span of a step that calls a model: written before the call, with the prompt and model in force. */
export function startModelSpan(
  session: Session,
  step: { node: PromptedNode; key: string; parentId: string | null; ref: string; input: Json },
): Promise<SpanRecord> {
  const prompt = effectivePrompt(step.node, session.overrides);
  return session.writer.start({
    key: step.key,
    parentId: step.parentId,
    kind: step.node.type,
    nodeId: step.node.id,
    name: step.node.title ?? step.node.id,
    modelRef: step.ref,
    promptArtifact: prompt?.artifact ?? null,
    promptHash: prompt?.hash ?? null,
    input: step.input,
  });
}

/**
 * Writes a failed, stopped or waiting model span and returns what to throw. `isCall`: did this span itself call a model?
 * Not an agent's step, whose turns carry the usage.
 */
export async function failModelSpan(
  session: Session,
  started: SpanRecord,
  isCall: boolean,
  error: unknown,
): Promise<Error> {
  if (error instanceof Interrupted) {
    if (session.stop.passedOn || error instanceof LeftToLong) return error;
    await session.writer.update(started, {
      status: "cancelled",
      finishedAt: now(),
      error: { code: "cancelled", message: "The call was stopped." },
      // An answer that had begun may be billed.
      ...(isCall && error.cause instanceof StepFailure ? costOfModelCall(error.cause) : {}),
    });
    return error;
  }
  if (error instanceof Waiting) {
    const why = error.why === null ? {} : { attributes: { [waitsForAttribute]: error.why } };
    await session.writer.update(started, { status: "waiting", wakeAt: error.wait.wakeAt, ...why });
    return error;
  }
  if (!(error instanceof StepFailure)) return error as Error;
  const attempts = recordedAttempts(session, started.key);
  await session.writer.update(started, {
    status: "failed",
    finishedAt: now(),
    attempt: Math.max(1, attempts),
    error: error.error,
    ...(error.partialText ? { output: { partialText: error.partialText } } : {}),
    ...(attempts > 0 || !isCall ? {} : costOfModelCall(error)),
  });
  return error;
}

/** Prompt text in force, with its templates filled in. */
function promptText(session: Session, node: PromptedNode, scope: Scope, steps?: Budget): string {
  const pin = effectivePrompt(node, session.overrides);
  if (!pin) return renderText((node.prompt as { text: string }).text, scope, steps);
  const text = session.prompts.get(`${pin.artifact}@${pin.hash}`);
  if (text === undefined) throw new StepFailure("prompt_not_found", `The prompt ${pin.artifact} no longer exists.`);
  return renderText(text, scope, steps);
}

/**
 * With an `input`, the prompt is the system text and the input is the user's message; without one, the prompt is the
 * message. Providers refuse a blank message, each in its own words, and a call without one would answer the prompt
 * alone. So the step fails here, with an error that names the node.
 */
export function openingMessages(session: Session, node: PromptedNode, scope: Scope, steps?: Budget): Opening {
  const prompt = promptText(session, node, scope, steps);
  if (node.input === undefined) return { system: null, messages: [userMessage(prompt, node, "prompt")] };
  const input = renderValue(node.input as Json, scope, steps);
  const text = typeof input === "string" ? input : JSON.stringify(input, null, 2);
  return { system: prompt, messages: [userMessage(text, node, "input")] };
}

function userMessage(text: string, node: PromptedNode, from: "prompt" | "input"): ChatMessage {
  if (text.trim() === "")
    throw new StepFailure(
      "step_failed",
      `The ${from} of the node ${node.id} is an empty text, so its model has nothing to answer.`,
    );
  return { role: "user", parts: [{ type: "text", text }] };
}

function modelRequest(node: ModelNode, opening: Opening, ref: string): ModelRequest {
  return {
    modelId: splitModelRef(ref)?.id ?? ref,
    ref,
    ...opening,
    tools: [],
    outputSchema: (node.output as JsonObject | undefined) ?? null,
    toolChoice: "none",
    maxOutputTokens: node.maxOutputTokens ?? null,
    effort: node.effort ?? null,
  };
}

/** What the trace shows as the input of a call. */
function requestBody(request: ModelRequest): Json {
  const { system, messages, tools, outputSchema, effort, maxOutputTokens } = request;
  return { system, messages, tools, outputSchema, effort: effort ?? null, maxOutputTokens } as unknown as Json;
}

/**
 * Text, or the parsed object where there is a schema. An answer that does not fit is a failed attempt, worth another
 * try.
 */
export async function answerOf(
  owner: string,
  { response, costMicros }: PricedResponse,
  schema: unknown,
): Promise<Json> {
  const spent = { usage: response.usage, costMicros };
  if (response.stopReason === "refusal") throw new StepFailure("provider_error", "The model refused to answer.", spent);
  if (response.stopReason === "content_filter")
    throw new StepFailure("provider_error", "The provider's content filter stopped the answer.", {
      ...spent,
      partialText: response.text || null,
    });
  const isFree = schema === undefined || schema === null;
  // A text that is cut off is still a text; cut off inside a tool call or thinking, it is no answer.
  const isCut = response.stopReason === "max_tokens" && (!isFree || response.cutToolCall || response.text === "");
  if (isFree && !isCut) return response.text;
  if (isCut) throw new StepFailure("output_invalid", "The answer was cut off at the token limit.", spent);
  const faults = await validateJson(owner, schema as JsonObject, response.structured, "output");
  if (faults.length === 0) return response.structured;
  const first = faults[0];
  throw new StepFailure(
    "output_invalid",
    `The answer does not fit the output schema: ${first?.path}: ${first?.message}`,
    {
      retryable: true,
      ...spent,
      partialText: response.text,
    },
  );
}

export function callUsage(result: PricedResponse): Partial<SpanRecord> {
  return { usage: result.response.usage, costMicros: result.costMicros, madeCall: true };
}

/** Attributes that follow the OpenTelemetry semantic conventions for generative AI. */
export function responseAttributes(ref: string, { response }: PricedResponse): JsonObject {
  const named = splitModelRef(ref);
  return {
    "gen_ai.provider.name": named?.provider ?? null,
    "gen_ai.request.model": named?.id ?? ref,
    "gen_ai.response.model": response.responseModel,
    "gen_ai.response.finish_reasons": [response.stopReason],
    "gen_ai.response.time_to_first_chunk":
      response.timeToFirstTokenMs === null ? null : response.timeToFirstTokenMs / 1000,
    "reprise.provider_request_id": response.providerRequestId,
  };
}
