import { setTimeout as sleep } from "node:timers/promises";
import type { Usage } from "#/lib/contract/run.ts";
import { now } from "#/lib/core/clock.ts";
import { retryInAttribute } from "./log-lines.ts";
import { backoffMs, inPlaceBackoffMs, type RetryRule } from "./retry.ts";
import type { Session } from "./session.ts";
import type { SpanRecord } from "./span-record.ts";
import { asStepFailure, Interrupted, LeftToLong, StepFailure } from "./step-failure.ts";
import { Waiting } from "./waiting.ts";

export type AttemptCost = {
  usage: Usage | null;
  costMicros: number | null;
  madeCall: boolean;
  answeredModel: string | null;
};
const noCost: AttemptCost = { usage: null, costMicros: null, madeCall: false, answeredModel: null };

/** Code of an attempt that was under way when its worker was lost. */
export const lostAttempt = "crashed";

/**
 * Tries `work` until it succeeds or the rule allows no more attempts. Each failed attempt is a span of its own
 * (`key#n`), so that a worker that takes the run over continues the count; the last attempt of several is one too. A
 * single attempt has only the step's span. Where attempts cost something (`costOf`), one that was under way when its
 * worker was lost is an attempt too, though the rule does not count it. Throws the last StepFailure, or Interrupted.
 */
export async function runAttempts<T>(
  session: Session,
  step: { record: Pick<SpanRecord, "key" | "nodeId" | "name">; rule: RetryRule },
  work: (attempt: number) => Promise<T>,
  costOf?: (result: T | StepFailure) => AttemptCost,
): Promise<{ result: T; attempt: number }> {
  const cost = costOf ?? (() => noCost);
  const isLost = costOf !== undefined && (await writeLostAttempt(session, step.record, costOf));
  const most = step.rule.maxAttempts + lostBefore(session, step.record.key) + (isLost ? 1 : 0);
  for (let attempt = recordedAttempts(session, step.record.key) + 1; ; attempt++) {
    const startedAt = now();
    try {
      const result = await work(attempt);
      if (attempt > 1) await writeAttempt(session, step.record, { attempt, startedAt, ...cost(result) });
      return { result, attempt };
    } catch (error) {
      if (error instanceof LeftToLong) throw error;
      if (session.stop.signal.aborted) throw new Interrupted(String(session.stop.reason), { cause: error });
      const failure = asStepFailure(error);
      const last = attempt >= most || !failure.retryable;
      const retryInMs = last ? null : backoffMs(step.rule, attempt + 1, failure.retryAfterMs, Math.random);
      if (!last || attempt > 1)
        await writeAttempt(session, step.record, { attempt, startedAt, failure, retryInMs, ...cost(failure) });
      if (retryInMs === null) throw failure;
      await pause(session, retryInMs);
    }
  }
}

/** Attempts that have rows of their own, written by this or an earlier holder of the run. */
export function recordedAttempts(session: Session, key: string): number {
  const recorded = (attempt: string) => session.earlier.has(attempt) || session.writer.hasWritten(attempt);
  let count = 0;
  while (recorded(`${key}#${count + 1}`)) count++;
  return count;
}

/**
 * Writes the attempt that an earlier holder of the run left under way, if it did: its answer is lost, and may have been
 * paid for.
 */
async function writeLostAttempt(
  session: Session,
  step: Pick<SpanRecord, "key" | "nodeId" | "name">,
  costOf: (failure: StepFailure) => AttemptCost,
): Promise<boolean> {
  const left = session.earlier.get(step.key);
  const ended = recordedAttempts(session, step.key);
  const before = session.earlier.get(`${step.key}#${ended}`);
  // After an attempt that succeeded only the step's own end was still to be written.
  if (left?.status !== "running" || before?.status === "completed") return false;
  const failure = new StepFailure(lostAttempt, "The worker was lost during this attempt. What came of it is unknown.");
  const startedAt = before?.finishedAt ?? left.startedAt ?? now();
  await writeAttempt(session, step, { attempt: ended + 1, startedAt, failure, retryInMs: 0, ...costOf(failure) });
  return true;
}

/** Lost attempts that earlier holders wrote. */
function lostBefore({ earlier }: Session, key: string): number {
  let lost = 0;
  for (let n = 1; earlier.has(`${key}#${n}`); n++) if (earlier.get(`${key}#${n}`)?.error?.code === lostAttempt) lost++;
  return lost;
}

async function writeAttempt(
  session: Session,
  step: Pick<SpanRecord, "key" | "nodeId" | "name">,
  attempt: { attempt: number; startedAt: Date; failure?: StepFailure; retryInMs?: number | null } & AttemptCost,
): Promise<void> {
  const { failure, retryInMs = null } = attempt;
  await session.writer.append({
    key: `${step.key}#${attempt.attempt}`,
    kind: "attempt",
    parentId: session.writer.idAt(step.key),
    nodeId: step.nodeId,
    name: `attempt ${attempt.attempt}`,
    attempt: attempt.attempt,
    status: failure ? "failed" : "completed",
    startedAt: attempt.startedAt,
    error: failure?.error ?? null,
    usage: attempt.usage,
    costMicros: attempt.costMicros,
    madeCall: attempt.madeCall,
    answeredModel: attempt.answeredModel,
    ...(retryInMs === null ? {} : { attributes: { [retryInAttribute]: retryInMs } }),
    ...(failure?.partialText ? { output: { partialText: failure.partialText } } : {}),
  });
}

/** Waits in place, or outside memory when that would hold the slot for long. */
async function pause(session: Session, ms: number): Promise<void> {
  if (ms > inPlaceBackoffMs) throw new Waiting({ reason: "retry_backoff", wakeAt: new Date(now().getTime() + ms) });
  try {
    await sleep(ms, undefined, { signal: session.stop.signal });
  } catch (error) {
    throw new Interrupted(String(session.stop.reason), { cause: error });
  }
}
