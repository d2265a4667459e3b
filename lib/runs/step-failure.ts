import type { ErrorCode } from "#/lib/contract/problem.ts";
import type { StepError, Usage } from "#/lib/contract/run.ts";
import { DomainError } from "#/lib/core/errors.ts";

/** One attempt of a step failed. `fatal` ends the run even where the caller (an agent) could go on. */
export class StepFailure extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly fatal: boolean;
  /** What the failed call of a model used and cost, as far as that is known. */
  readonly usage: Usage | null;
  readonly costMicros: number | null;
  readonly partialText: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      retryable?: boolean;
      retryAfterMs?: number | null;
      fatal?: boolean;
      usage?: Usage | null;
      costMicros?: number | null;
      partialText?: string | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.fatal = options.fatal ?? false;
    this.usage = options.usage ?? null;
    this.costMicros = options.costMicros ?? null;
    this.partialText = options.partialText ?? null;
  }

  get error(): StepError {
    return { code: this.code, message: this.message };
  }
}

/** A mutating call may have taken effect, and nobody knows: it ends the run, and is never made again. */
export function unknownOutcome(name: string, cause?: unknown): StepFailure {
  const message = `${name} was sent and its outcome is unknown; it is not sent again.`;
  return new StepFailure("unknown_outcome", message, { fatal: true, cause });
}

/**
 * A mutating call was made, but what it answered cannot be kept. Whoever is told that it failed, such as an agent, would
 * make it again.
 */
export function answerNotKept(name: string, { code, message, cause }: StepFailure): StepFailure {
  const told = `${name} was made, but its answer cannot be kept: ${message} Do not make this call again.`;
  return new StepFailure(code, told, { cause });
}

/** Work was stopped from outside: cancelled, out of time, or the run was lost. Not a failure of the step. */
export class Interrupted extends Error {}

/** The run turned out to be long (long-runs.ts), and this step is done again by whoever executes long runs. */
export class LeftToLong extends Interrupted {}

/**
 * Anything that a step throws, as a failure with a code; errors that are not the step's (database down) pass through.
 */
export function asStepFailure(error: unknown): StepFailure {
  if (error instanceof StepFailure) return error;
  if (error instanceof DomainError) {
    const where = error.fields?.[0];
    const message = where ? `${error.message} (${where.path}: ${where.message})` : error.message;
    return new StepFailure(error.code, message, { cause: error });
  }
  throw error;
}
