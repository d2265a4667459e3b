import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { StepError } from "#/lib/contract/run.ts";
import { now } from "#/lib/core/clock.ts";
import { callSignature, formerSignature } from "#/lib/tools/canonical-call.ts";
import { countedArguments } from "#/lib/tools/ignored-parts.ts";
import { simulateAnswer } from "#/lib/tools/simulated-answer.ts";
import { ToolCallError } from "#/lib/tools/tool-call-error.ts";
import { recordedAttempts, runAttempts } from "./attempts.ts";
import { CallGate, HeldBack } from "./call-gate.ts";
import type { CallAnswer, ConcreteCall, ToolCall } from "./concrete-call.ts";
import { prepareCall } from "./prepare-call.ts";
import type { CallIdentity, RecordedAnswer } from "./recorded-calls.ts";
import { retryRule } from "./retry.ts";
import { Sending } from "./sending.ts";
import type { Session } from "./session.ts";
import type { EffectRecord, SpanRecord } from "./span-record.ts";
import { spanBodiesOf } from "./span-store.ts";
import { standingEffect } from "./standing-effect.ts";
import { answerNotKept, asStepFailure, Interrupted, LeftToLong, StepFailure, unknownOutcome } from "./step-failure.ts";
import { Waiting } from "./waiting.ts";

export type ToolResult = { span: SpanRecord; output: Json };

const defaultTimeoutMs = 30_000;

/**
 * Makes one tool call through the effect gate and writes its span. A call is written as live when it leaves; a mutating
 * one before its first byte. So a call that an earlier worker let out and did not finish is not sent again, whatever
 * policy says by now. Throws StepFailure (its span is written as failed) or Interrupted.
 */
export async function performToolCall(session: Session, call: ToolCall): Promise<ToolResult> {
  const draft = { ...spanDraft(call), startedAt: now() };
  const begun = leftBehind(session, call.key);
  if (begun?.effect.mutating && begun.isUnknown) {
    const failure = unknownOutcome(begun.name);
    const attempt = Math.max(1, recordedAttempts(session, call.key));
    await session.writer.append({ ...draft, status: "failed", error: failure.error, effect: begun.effect, attempt });
    throw failure;
  }
  session.writer.assertRoom(call);
  let concrete: ConcreteCall;
  try {
    concrete = await prepareCall(session, call);
  } catch (error) {
    const failure = asStepFailure(error);
    const effect = refusedEffect(call.tool);
    await session.writer.append({ ...draft, status: "failed", error: failure.error, effect, input: call.args ?? null });
    throw failure;
  }
  const name = call.kind === "tool_call" ? call.tool : concrete.name;
  const sending = new Sending(session, { ...draft, name, input: inputOf(call, concrete) });
  const identity = await identityOf(session, call, concrete);
  const made = { call, concrete, name, identity, left: begun?.effect ?? null };
  const gate = new CallGate(session, made, (effect) => sending.leave(effect, begun?.effect.mutating !== true));
  await gate.open();
  try {
    gate.assertOpen();
    sending.showSoon();
    const { result, attempt } = await attempts(session, call, { concrete, gate, name });
    const { effect } = gate.passage;
    const end = sending.end({ status: "completed", attempt, effect, ...result });
    const span = await end.catch((error: unknown) => {
      throw error instanceof StepFailure && effect.mutating ? answerNotKept(name, error) : error;
    });
    return { span, output: result.output };
  } catch (error) {
    if (!(error instanceof HeldBack)) throw await fail(session, sending, error, gate);
    if (!gate.hasLeft)
      return await answerDry(session, call, { concrete, gate, sending }).catch(async (fault: unknown) => {
        const isTooLarge = fault instanceof StepFailure && fault.code === "run_too_large";
        throw isTooLarge ? await fail(session, sending, fault, gate) : fault;
      });
    const notMade = gate.wasTried ? "not tried again" : "not sent";
    const failure = new StepFailure("tool_request_refused", `The call was ${notMade}: ${error.message}.`);
    throw await fail(session, sending, failure, gate);
  } finally {
    sending.stopShowing();
  }
}

/** The effect of a call that could not be made as requested. */
export function refusedEffect(tool: string): EffectRecord {
  const why = "the call was not valid, so it was refused before anything was sent";
  const nothing = { grant: null, callSignature: null, againstOriginal: null, recordedFrom: null };
  return { verdict: "refused", mutating: false, why, tool, ...nothing };
}

/** A call that an earlier holder let out and did not complete; it stays live, however it would be judged by now. */
type LeftBehind = {
  name: string;
  effect: EffectRecord;
  /** Under way when its holder was lost or stopped: nobody knows what it did. Otherwise its next attempt is to come. */
  isUnknown: boolean;
};

function leftBehind(session: Session, key: string): LeftBehind | null {
  const row = session.earlier.get(key);
  const effect = standingEffect(row);
  if (!row || !effect || row.status === "completed") return null;
  const { name, status } = row;
  return { name, effect, isUnknown: status === "running" || status === "cancelled" };
}

function spanDraft(call: ToolCall) {
  return { key: call.key, kind: call.kind, parentId: call.parentId, nodeId: call.nodeId, name: call.tool };
}

/** What identifies this call in the record. */
async function identityOf(session: Session, call: ToolCall, concrete: ConcreteCall): Promise<CallIdentity> {
  const { nodeId, key, tool } = call;
  const ignored = [...call.identity.ignored, ...(concrete.ignored ?? [])];
  const content = { tool, args: countedArguments(call.identity.args, ignored), request: concrete.identity };
  const identity = { nodeId, key, tool, signature: callSignature(content, session.ownTexts) };
  if (!session.recorded?.hasFormer) return identity;
  const shown = await session.writer.withoutSecrets(inputOf(call, concrete));
  return { ...identity, former: formerSignature(tool, shown, session.run.id) };
}

type Made = { concrete: ConcreteCall; gate: CallGate; sending: Sending };

async function answerDry(session: Session, call: ToolCall, { concrete, gate, sending }: Made): Promise<ToolResult> {
  const { decision, effect } = gate.passage;
  const repeated = decision.recordedFrom && (await repeat(session, sending, { effect }, decision.recordedFrom));
  if (repeated) return repeated;
  const schema = call.outputSchema ?? concrete.outputSchema;
  const output = simulateAnswer(schema, { tool: call.tool, signature: effect.callSignature ?? "" });
  const made = { ...effect, verdict: "dry_run_simulated", recordedFrom: null } as const;
  return { span: await sending.end({ status: "completed", effect: made, output }), output };
}

/**
 * Repeats what the world answered then; a failure fails again at once, since its retries are part of it. Null when the
 * record was deleted after the run's worker had read what there is.
 */
async function repeat(
  session: Session,
  sending: Sending,
  change: { effect: EffectRecord },
  { spanId, error }: RecordedAnswer,
): Promise<ToolResult | null> {
  const body = (await spanBodiesOf(database(), session.workspace.id, [spanId])).get(spanId);
  if (error) {
    await sending.end({ ...change, status: "failed", error, attributes: body?.attributes ?? {} });
    throw new StepFailure(error.code, error.message);
  }
  if (!body) return null;
  const output = body.output ?? null;
  return { span: await sending.end({ ...change, status: "completed", output }), output };
}

function attempts(session: Session, call: ToolCall, made: { concrete: ConcreteCall; gate: CallGate; name: string }) {
  const { concrete, gate, name } = made;
  const timeoutMs = call.timeoutMs ?? concrete.timeoutMs ?? defaultTimeoutMs;
  const record = { key: call.key, nodeId: call.nodeId, name };
  return runAttempts<CallAnswer>(session, { record, rule: retryRule("tool", call.retry) }, async (attempt) => {
    await gate.beginAttempt();
    await session.writer.assertHeld();
    const idempotencyKey = `${session.run.id}:${call.key}:${attempt}`;
    try {
      const answer = await concrete.send({ timeoutMs, idempotencyKey, ...gate.departure() });
      gate.endAttempt();
      return answer;
    } catch (error) {
      const isUnknown = error instanceof ToolCallError && error.outcomeUnknown;
      throw gate.endAttempt(isUnknown) ?? failureOf(error, gate, name);
    }
  });
}

function failureOf(error: unknown, gate: CallGate, name: string): unknown {
  if (!(error instanceof ToolCallError)) return error;
  if (!gate.passage.effect.mutating) return toolFailure(error);
  if (error.outcomeUnknown) return unknownOutcome(name, error);
  return error.answered ? answerNotKept(name, toolFailure(error)) : toolFailure(error);
}

function toolFailure(error: ToolCallError): StepFailure {
  return new StepFailure(error.code, error.message, {
    retryable: error.retryable,
    retryAfterMs: error.retryAfterMs,
    cause: error,
  });
}

/** Writes how a call ended badly and returns what to throw. An interrupted mutating call may have taken effect. */
async function fail(session: Session, sending: Sending, error: unknown, gate: CallGate): Promise<Error> {
  const { effect } = gate.passage;
  const left = gate.hasLeft ? effect : null;
  if (error instanceof Waiting) {
    await sending.end({ status: "waiting", wakeAt: error.wait.wakeAt, finishedAt: null, effect: left });
    return error;
  }
  const recorded = recordedAttempts(session, sending.key);
  if (error instanceof Interrupted) {
    if (session.stop.passedOn || error instanceof LeftToLong) return error;
    const stopped: StepError = left?.mutating
      ? { code: "unknown_outcome", message: "The call was stopped after it was sent; its outcome is unknown." }
      : { code: "cancelled", message: "The call was stopped." };
    await sending.end({ status: "cancelled", error: stopped, attempt: recorded + 1, effect: left });
  } else if (error instanceof StepFailure) {
    const attempt = Math.max(1, recorded);
    await sending.end({ status: "failed", error: error.error, attempt, effect, ...answerOf(error) });
  }
  return error as Error;
}

/** What a server said when it refused, for the trace. */
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
