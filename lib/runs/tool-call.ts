import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { now } from "#/lib/core/clock.ts";
import { decideMutationNow } from "#/lib/policies/decide-mutation-now.ts";
import type { MutationDecision } from "#/lib/policies/mutation-policy.ts";
import { callSignature, formerSignature } from "#/lib/tools/canonical-call.ts";
import { countedArguments } from "#/lib/tools/ignored-parts.ts";
import { judgeMutability, type Mutability } from "#/lib/tools/mutability.ts";
import { simulateAnswer } from "#/lib/tools/simulated-answer.ts";
import { ToolCallError } from "#/lib/tools/tool-call-error.ts";
import { recordedAttempts, runAttempts } from "./attempts.ts";
import type { CallAnswer, ConcreteCall, ToolCall } from "./concrete-call.ts";
import { recordToolAudit } from "./engine-audit.ts";
import { decideEffect, type GateDecision } from "./effect-gate.ts";
import { prepareCall } from "./prepare-call.ts";
import type { CallIdentity, RecordedAnswer } from "./recorded-calls.ts";
import { redactJson } from "./redact.ts";
import { retryRule } from "./retry.ts";
import type { Session } from "./session.ts";
import type { EffectRecord, SpanRecord } from "./span-record.ts";
import { spanBodiesOf, type SpanRow } from "./span-store.ts";
import { asStepFailure, Interrupted, StepFailure } from "./step-failure.ts";
import { Waiting } from "./waiting.ts";

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
  const draft = { ...spanDraft(call), startedAt: now() };
  let concrete: ConcreteCall;
  try {
    concrete = await prepareCall(session, call);
  } catch (error) {
    const failure = asStepFailure(error);
    const end = { status: "failed", error: failure.error, effect: refusedEffect(call.tool) } as const;
    await session.writer.append({ ...draft, ...end, input: call.args ?? null });
    throw failure;
  }
  const effect = await passGate(session, call, concrete);
  const name = call.kind === "tool_call" ? call.tool : concrete.name;
  const prepared = { ...draft, name, input: inputOf(call, concrete), effect: effect.record };
  const begun = session.earlier.get(call.key);
  if (begun?.mutating && begun.effectVerdict === "live" && begun.status !== "completed")
    await assertMayGoOn(session, call, begun, prepared);
  if (!effect.decision.send) return answerDry(session, call, concrete, prepared, effect);
  return effect.record.mutating
    ? sendMutating(session, call, concrete, prepared)
    : sendReadOnly(session, call, concrete, prepared);
}

/** The effect of a call that could not be made as it was asked for. */
export function refusedEffect(tool: string): EffectRecord {
  const why = "the call could not be made as it was asked for: nothing was judged, and nothing left";
  const nothing = { grant: null, callSignature: null, againstOriginal: null, recordedFrom: null };
  return { verdict: "refused", mutating: false, why, tool, ...nothing };
}

type Gate = { decision: GateDecision; record: EffectRecord };
type Prepared = ReturnType<typeof spanDraft> & { startedAt: Date; input: Json; effect: EffectRecord };

function spanDraft(call: ToolCall) {
  return { key: call.key, kind: call.kind, parentId: call.parentId, nodeId: call.nodeId, name: call.tool };
}

/** The gate stands here, after everything about the call is known and before anything leaves; policy is read now. */
async function passGate(session: Session, call: ToolCall, concrete: ConcreteCall): Promise<Gate> {
  const isReplay = session.recorded !== null;
  const judged = await judgeNow(concrete, isReplay);
  const identity = identityOf(session, call, concrete);
  const recorded = judged.mutating ? session.recorded : null;
  if (recorded) await call.turn?.come();
  const original = recorded?.take(identity) ?? null;
  call.turn?.leave();
  const permission = isReplay && judged.mutating ? await mutationPermission(session, call) : null;
  const decision = decideEffect({
    isReplay,
    mutating: judged.mutating,
    mutationAllowed: permission?.allowed ?? false,
    recorded: original?.answer ?? null,
  });
  const why = permission ? `${judged.why}; ${permission.because}` : judged.why;
  const record: EffectRecord = {
    verdict: decision.verdict,
    mutating: judged.mutating,
    why,
    grant: permission?.grant?.id ?? null,
    tool: call.tool,
    callSignature: identity.signature,
    againstOriginal: original?.against ?? null,
    recordedFrom: decision.recordedFrom
      ? { runId: decision.recordedFrom.runId, spanId: decision.recordedFrom.spanId }
      : null,
  };
  return { decision, record };
}

/** What the record knows this call by. */
function identityOf(session: Session, call: ToolCall, concrete: ConcreteCall): CallIdentity {
  const { nodeId, key, tool } = call;
  const ignored = [...call.identity.ignored, ...(concrete.ignored ?? [])];
  const content = { tool, args: countedArguments(call.identity.args, ignored), request: concrete.identity };
  const identity = { nodeId, key, tool, signature: callSignature(content, session.ownTexts) };
  if (!session.recorded?.hasFormer) return identity;
  const shown = redactJson(inputOf(call, concrete), session.writer.secretValues);
  return { ...identity, former: formerSignature(tool, shown, session.run.id) };
}

/** In a replay a call that would leave as read-only because of a definition is judged by the definition of this moment. */
async function judgeNow({ facts, recheck }: ConcreteCall, isReplay: boolean): Promise<Mutability> {
  const judged = judgeMutability(facts);
  return isReplay && !judged.mutating && recheck ? judgeMutability(await recheck()) : judged;
}

async function answerDry(
  session: Session,
  call: ToolCall,
  concrete: ConcreteCall,
  prepared: Prepared,
  gate: Gate,
): Promise<ToolResult> {
  const schema = call.outputSchema ?? concrete.outputSchema;
  const { recordedFrom } = gate.decision;
  if (recordedFrom) return repeat(session, prepared, recordedFrom);
  const output = simulateAnswer(schema, { tool: call.tool, signature: gate.record.callSignature ?? "" });
  const span = await session.writer.append({ ...prepared, status: "completed", output });
  return { span, output };
}

/** Says again what the world said then; a failure fails again, at once: its retries are part of it. */
async function repeat(session: Session, prepared: Prepared, { spanId, error }: RecordedAnswer): Promise<ToolResult> {
  const body = (await spanBodiesOf(database(), session.workspace.id, [spanId])).get(spanId);
  if (error) {
    await session.writer.append({ ...prepared, status: "failed", error, attributes: body?.attributes ?? {} });
    throw new StepFailure(error.code, error.message);
  }
  const output = body?.output ?? null;
  const span = await session.writer.append({ ...prepared, status: "completed", output });
  return { span, output };
}

async function sendMutating(
  session: Session,
  call: ToolCall,
  concrete: ConcreteCall,
  prepared: Prepared,
): Promise<ToolResult> {
  const started = await session.writer.start(prepared);
  if (session.recorded) await recordToolAudit(session, started);
  return finish(session, call, concrete, started, (failure) =>
    failure instanceof ToolCallError && failure.outcomeUnknown ? unknownOutcome(prepared.name, failure) : null,
  );
}

/**
 * A call that an earlier holder let out stays a live one, whatever policy says by now: one that was under way has an unknown
 * outcome, and one that waits for its next attempt is tried again only where it still may be.
 */
async function assertMayGoOn(session: Session, call: ToolCall, begun: SpanRow, prepared: Prepared): Promise<void> {
  const effect = { ...prepared.effect, verdict: "live", recordedFrom: null } as const;
  const record = () => session.writer.takeOver({ ...prepared, effect });
  // Begun by an earlier holder, or stopped while under way: nobody knows what it did.
  if (begun.status === "running" || begun.status === "cancelled")
    throw await fail(session, record(), unknownOutcome(prepared.name));
  try {
    await assertStillAllowed(session, call);
  } catch (error) {
    throw await fail(session, record(), error);
  }
}

async function sendReadOnly(
  session: Session,
  call: ToolCall,
  concrete: ConcreteCall,
  prepared: Prepared,
): Promise<ToolResult> {
  let started: Promise<SpanRecord> | null = null;
  const show = setTimeout(() => {
    started = session.writer.start(prepared);
    started.catch(() => {});
  }, showAfterMs);
  try {
    const { result, attempt } = await attempts(session, call, concrete, prepared, () => null);
    clearTimeout(show);
    const end = { status: "completed", attempt, ...result } as const;
    const span = started
      ? await session.writer.update(await started, { ...end, finishedAt: now() })
      : await session.writer.append({ ...prepared, ...end });
    return { span, output: result.output };
  } catch (error) {
    clearTimeout(show);
    throw await fail(session, started ? await started : prepared, error);
  }
}

async function finish(
  session: Session,
  call: ToolCall,
  concrete: ConcreteCall,
  started: SpanRecord,
  translate: (error: unknown) => StepFailure | null,
): Promise<ToolResult> {
  try {
    const { result, attempt } = await attempts(session, call, concrete, started, translate);
    const span = await session.writer.update(started, {
      status: "completed",
      finishedAt: now(),
      attempt,
      ...result,
    });
    return { span, output: result.output };
  } catch (error) {
    throw await fail(session, started, error);
  }
}

function attempts(
  session: Session,
  call: ToolCall,
  concrete: ConcreteCall,
  record: Pick<SpanRecord, "key" | "nodeId" | "name" | "effect">,
  translate: (error: unknown) => StepFailure | null,
) {
  const timeoutMs = call.timeoutMs ?? concrete.timeoutMs ?? defaultTimeoutMs;
  return runAttempts<CallAnswer>(session, { record, rule: retryRule("tool", call.retry) }, async (attempt) => {
    if (attempt > 1 && record.effect?.mutating === true) await assertStillAllowed(session, call);
    await session.writer.assertHeld();
    try {
      return await concrete.send({ timeoutMs, idempotencyKey: `${session.run.id}:${call.key}:${attempt}` });
    } catch (error) {
      throw translate(error) ?? toolFailure(error);
    }
  });
}

/** A retry leaves later than the call that the gate let through: what policy says by then counts. */
async function assertStillAllowed(session: Session, call: ToolCall): Promise<void> {
  if (session.recorded === null) return;
  const permission = await mutationPermission(session, call);
  if (permission.allowed) return;
  throw new StepFailure("tool_request_refused", `The call was not tried again: ${permission.because}.`);
}

/** What policies and grants say now of this call's node, in the workflow whose run makes it. */
function mutationPermission(session: Session, call: ToolCall): Promise<MutationDecision> {
  const { nodeId, nodeAllowsMutations: nodeAllows } = call;
  return decideMutationNow(database(), session.workspace, { workflowId: session.run.workflowId, nodeId, nodeAllows });
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
    : { status: "failed", error: (error as StepFailure).error, ...answerOf(error as StepFailure) };
  const recorded = recordedAttempts(session, record.key);
  const attempt = interrupted ? recorded + 1 : Math.max(1, recorded);
  if ("seq" in record) await session.writer.update(record, { ...end, attempt, finishedAt: now() });
  else await session.writer.append({ ...record, ...end, attempt });
  return error as Error;
}

/** What a server said that refused, for the trace. */
function answerOf({ cause }: StepFailure): Pick<SpanRecord, "attributes"> {
  if (!(cause instanceof ToolCallError) || cause.status === null) return {};
  const { status, body } = cause;
  return {
    attributes: { "http.response.status_code": status, ...(body === null ? {} : { "http.response.body": body }) },
  };
}

function inputOf(call: ToolCall, { request }: ConcreteCall): Json {
  return call.args === null ? request : { arguments: call.args, request };
}
