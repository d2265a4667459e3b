import { database } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import { decideMutation } from "#/lib/policies/mutation-policy.ts";
import { callSignature, httpCallArguments } from "#/lib/tools/canonical-call.ts";
import { buildHttpCall, type HttpCall } from "#/lib/tools/http-call.ts";
import { executeHttpCall, type HttpAnswer } from "#/lib/tools/http-tool.ts";
import { judgeMutability } from "#/lib/tools/mutability.ts";
import { simulateAnswer } from "#/lib/tools/simulated-answer.ts";
import { ToolCallError } from "#/lib/tools/tool-call-error.ts";
import type { HttpToolSpec, RetryPolicy } from "#/lib/workflows/definition.ts";
import { renderValue, type Scope } from "#/lib/workflows/expression.ts";
import { recordedAttempts, runAttempts } from "./attempts.ts";
import { recordToolAudit } from "./engine-audit.ts";
import { decideEffect, type GateDecision } from "./effect-gate.ts";
import { redactText } from "./redact.ts";
import { retryRule } from "./retry.ts";
import type { Session } from "./session.ts";
import type { EffectRecord, SpanRecord } from "./span-record.ts";
import { spanOutput } from "./span-store.ts";
import { asStepFailure, Interrupted, StepFailure } from "./step-failure.ts";
import { Waiting } from "./waiting.ts";

/** One call of a tool, from a tool node or from an agent's turn. */
export type ToolCall = {
  key: string;
  kind: "tool" | "tool_call";
  parentId: string | null;
  nodeId: string;
  /** Identity for the record: the tool's name, or the HTTP method of a node's own request. */
  tool: string;
  spec: HttpToolSpec;
  mutating: boolean | undefined;
  /** Arguments that a model chose, or that a node passes to a named tool; null for a node's own request. */
  args: Json | null;
  outputSchema: JsonObject | null;
  scope: Scope;
  /** The node's own policies.replay.allowMutations. */
  nodeAllowsMutations: boolean | undefined;
  retry: RetryPolicy | undefined;
  timeoutMs: number | undefined;
};

export type ToolResult = { span: SpanRecord; output: Json };

const defaultTimeoutMs = 30_000;
/** A read-only call that answers sooner is written once, at its end; a slower one is shown while it runs. */
const showAfterMs = 150;

/**
 * Makes one tool call through the effect gate and writes its span. A mutating call is written as started before it
 * leaves; one that an earlier worker started and did not end is not sent again. Throws StepFailure (its span is written
 * as failed) or Interrupted.
 */
export async function performToolCall(session: Session, call: ToolCall): Promise<ToolResult> {
  const draft = { ...spanDraft(call), startedAt: new Date() };
  let request: HttpCall;
  try {
    request = buildHttpCall(call.spec, (template) => renderValue(template, call.scope));
  } catch (error) {
    const failure = asStepFailure(error);
    await session.writer.append({ ...draft, status: "failed", error: failure.error, input: call.args ?? null });
    throw failure;
  }
  const effect = await passGate(session, call, request);
  const prepared = { ...draft, name: callName(call, request), input: inputOf(call, request), effect: effect.record };
  if (!effect.decision.send) return answerDry(session, call, prepared, effect);
  return effect.record.mutating
    ? sendMutating(session, call, request, prepared)
    : sendReadOnly(session, call, request, prepared);
}

type Gate = { decision: GateDecision; record: EffectRecord };
type Prepared = ReturnType<typeof spanDraft> & { startedAt: Date; input: Json; effect: EffectRecord };

function spanDraft(call: ToolCall) {
  return { key: call.key, kind: call.kind, parentId: call.parentId, nodeId: call.nodeId, name: call.tool };
}

/** The gate stands here, after everything about the call is known and before anything leaves; policy is read now. */
async function passGate(session: Session, call: ToolCall, request: HttpCall): Promise<Gate> {
  const judged = judgeMutability({
    kind: "http",
    ...request,
    headers: request.headers,
    body: request.body,
    mutating: call.mutating,
  });
  const identity = {
    nodeId: call.nodeId,
    tool: call.tool,
    signature: callSignature({
      tool: call.tool,
      args: call.args ?? httpCallArguments(request, secretHeadersOf(request, session.writer.secretValues)),
    }),
  };
  const isReplay = session.recorded !== null;
  const recorded = isReplay && judged.mutating ? session.recorded!.take(identity) : null;
  const policies = isReplay && judged.mutating ? await loadPolicies(database(), session.workspace) : null;
  const permission = policies ? decideMutation({ ...policies, node: call.nodeAllowsMutations }) : null;
  const decision = decideEffect({
    isReplay,
    ...judged,
    mutationAllowed: permission?.allowed ?? false,
    recorded: recorded && {
      ...recorded,
      output: async () => (await spanOutput(database(), session.workspace.id, recorded.spanId)) ?? null,
    },
  });
  const why = permission ? `${judged.why}; ${permission.because}` : judged.why;
  const record: EffectRecord = {
    verdict: decision.verdict,
    mutating: judged.mutating,
    why,
    tool: call.tool,
    callSignature: identity.signature,
    againstOriginal: session.recorded && judged.mutating ? session.recorded.against(identity) : null,
    recordedFrom: decision.recordedFrom
      ? { runId: decision.recordedFrom.runId, spanId: decision.recordedFrom.spanId }
      : null,
  };
  return { decision, record };
}

async function answerDry(session: Session, call: ToolCall, prepared: Prepared, gate: Gate): Promise<ToolResult> {
  const output = gate.decision.recordedFrom
    ? await gate.decision.recordedFrom.output()
    : simulateAnswer(call.outputSchema, { tool: call.tool, args: call.args ?? prepared.input });
  const span = await session.writer.append({ ...prepared, status: "completed", output });
  return { span, output };
}

async function sendMutating(
  session: Session,
  call: ToolCall,
  request: HttpCall,
  prepared: Prepared,
): Promise<ToolResult> {
  const earlier = session.earlier.get(call.key);
  // Begun by an earlier holder, or stopped while under way: nobody knows what it did.
  if (earlier && (earlier.status === "running" || earlier.status === "cancelled"))
    throw await fail(session, session.writer.takeOver(prepared), unknownOutcome(prepared.name));
  const started = await session.writer.start(prepared);
  if (session.recorded) await recordToolAudit(session, started);
  return finish(session, call, request, started, (failure) =>
    failure instanceof ToolCallError && failure.outcomeUnknown ? unknownOutcome(prepared.name, failure) : null,
  );
}

async function sendReadOnly(
  session: Session,
  call: ToolCall,
  request: HttpCall,
  prepared: Prepared,
): Promise<ToolResult> {
  let started: Promise<SpanRecord> | null = null;
  const show = setTimeout(() => {
    started = session.writer.start(prepared);
    started.catch(() => {});
  }, showAfterMs);
  try {
    const { result, attempt } = await attempts(session, call, request, prepared, () => null);
    clearTimeout(show);
    const end = { status: "completed", attempt, output: result.body, attributes: answerAttributes(result) } as const;
    const span = started
      ? await session.writer.update(await started, { ...end, finishedAt: new Date() })
      : await session.writer.append({ ...prepared, ...end });
    return { span, output: result.body };
  } catch (error) {
    clearTimeout(show);
    throw await fail(session, started ? await started : prepared, error);
  }
}

async function finish(
  session: Session,
  call: ToolCall,
  request: HttpCall,
  started: SpanRecord,
  translate: (error: unknown) => StepFailure | null,
): Promise<ToolResult> {
  try {
    const { result, attempt } = await attempts(session, call, request, started, translate);
    const span = await session.writer.update(started, {
      status: "completed",
      finishedAt: new Date(),
      attempt,
      output: result.body,
      attributes: answerAttributes(result),
    });
    return { span, output: result.body };
  } catch (error) {
    throw await fail(session, started, error);
  }
}

function attempts(
  session: Session,
  call: ToolCall,
  request: HttpCall,
  record: Pick<SpanRecord, "key" | "nodeId" | "name" | "effect">,
  translate: (error: unknown) => StepFailure | null,
) {
  const secrets = session.writer.secretValues;
  return runAttempts<HttpAnswer>(session, { record, rule: retryRule("tool", call.retry) }, async (attempt) => {
    if (attempt > 1 && record.effect?.mutating === true) await assertStillAllowed(session, call);
    try {
      return await executeHttpCall(request, {
        fetch: session.fetch,
        signal: session.stop.signal,
        timeoutMs: call.timeoutMs ?? defaultTimeoutMs,
        idempotencyKey: request.method === "GET" ? null : `${session.run.id}:${call.key}:${attempt}`,
        secretHeaders: secretHeadersOf(request, secrets),
        secretBody: secrets.some((secret) => request.body?.includes(secret) === true),
        redact: (text) => redactText(text, secrets),
      });
    } catch (error) {
      throw translate(error) ?? toolFailure(error);
    }
  });
}

/** A retry leaves later than the call that the gate let through: what policy says by then counts. */
async function assertStillAllowed(session: Session, call: ToolCall): Promise<void> {
  if (session.recorded === null) return;
  const policies = await loadPolicies(database(), session.workspace);
  const permission = decideMutation({ ...policies, node: call.nodeAllowsMutations });
  if (permission.allowed) return;
  throw new StepFailure("tool_request_refused", `The call was not tried again: ${permission.because}.`);
}

function toolFailure(error: unknown): unknown {
  if (!(error instanceof ToolCallError)) return error;
  return new StepFailure(error.code, error.message, {
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}

function unknownOutcome(name: string, cause?: unknown): StepFailure {
  return new StepFailure("unknown_outcome", `${name} was sent and its outcome is not known; it is not sent again.`, {
    fatal: true,
    cause,
  });
}

/** Writes how a call ended badly and gives back what to throw. An interrupted mutating call may have taken effect. */
async function fail(session: Session, record: SpanRecord | Prepared, error: unknown): Promise<Error> {
  if (error instanceof Waiting) {
    const wait = { status: "waiting", wakeAt: error.wait.wakeAt } as const;
    if ("seq" in record) await session.writer.update(record, wait);
    else await session.writer.start({ ...record, ...wait });
    return error;
  }
  const interrupted = error instanceof Interrupted;
  if (!interrupted && !(error instanceof StepFailure)) return error as Error;
  if (interrupted && session.stop.passedOn) return error;
  const mutating = record.effect?.mutating === true;
  const end: Partial<SpanRecord> = interrupted
    ? {
        status: "cancelled",
        error: mutating
          ? { code: "unknown_outcome", message: "The call was stopped after it was sent; its outcome is not known." }
          : { code: "cancelled", message: "The call was stopped." },
      }
    : { status: "failed", error: (error as StepFailure).error };
  const recorded = recordedAttempts(session, record.key);
  const attempt = interrupted ? recorded + 1 : Math.max(1, recorded);
  if ("seq" in record) await session.writer.update(record, { ...end, attempt, finishedAt: new Date() });
  else await session.writer.append({ ...record, ...end, attempt });
  return error as Error;
}

function callName(call: ToolCall, request: HttpCall): string {
  if (call.kind === "tool_call") return call.tool;
  const url = URL.parse(request.url);
  return `${request.method} ${url ? url.pathname : request.url}`;
}

function inputOf(call: ToolCall, request: HttpCall): Json {
  const http: JsonObject = {
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: bodyOf(request),
  };
  return call.args === null ? http : { arguments: call.args, request: http };
}

function bodyOf(request: HttpCall): Json {
  if (request.body === null) return null;
  try {
    return JSON.parse(request.body) as Json;
  } catch {
    return request.body;
  }
}

function answerAttributes(answer: HttpAnswer): JsonObject {
  return { "http.response.status_code": answer.status, "http.response.headers": answer.headers };
}

function secretHeadersOf(request: HttpCall, secrets: readonly string[]): string[] {
  return Object.entries(request.headers)
    .filter(([, value]) => secrets.some((secret) => secret.length > 0 && value.includes(secret)))
    .map(([name]) => name);
}

/**
 * A named tool that sends a body and does not say which sends its arguments: by a template, since arguments that a model
 * chose must never be read as templates themselves.
 */
export function withBody(spec: HttpToolSpec): HttpToolSpec {
  const sends = !["GET", "HEAD", "OPTIONS", "DELETE"].includes(spec.method.trim().toUpperCase());
  return spec.body === undefined && sends ? { ...spec, body: "{{ args }}" } : spec;
}
