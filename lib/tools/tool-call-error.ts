import type { ErrorCode } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";

export type ToolCallFault = {
  code: Extract<ErrorCode, "tool_http_error" | "tool_request_refused" | "tool_failed" | "timed_out" | "cancelled">;
  /** The status that the server answered with; null when there was no answer. */
  status: number | null;
  /** True when the same call may succeed later. A mutating call also needs `outcomeUnknown` to be false. */
  retryable: boolean;
  /** How long the server asked to wait, from Retry-After. */
  retryAfterMs: number | null;
  /** The beginning of the answer, at most 2 KB. */
  body: string | null;
  /** The connection broke or timed out after the request may have been sent: the call may have taken effect. */
  outcomeUnknown: boolean;
  /** The call was made and answered; only its answer cannot be kept. */
  answered?: boolean;
};

/** How one tool call failed. The message names method, address without query, and what went wrong; it is safe to show. */
export class ToolCallError extends DomainError {
  readonly status: number | null;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  readonly body: string | null;
  readonly outcomeUnknown: boolean;
  readonly answered: boolean;

  constructor(message: string, fault: ToolCallFault, cause?: unknown) {
    super(fault.code, message, cause === undefined ? {} : { cause });
    this.name = "ToolCallError";
    this.status = fault.status;
    this.retryable = fault.retryable;
    this.retryAfterMs = fault.retryAfterMs;
    this.body = fault.body;
    this.outcomeUnknown = fault.outcomeUnknown;
    this.answered = fault.answered === true;
  }
}

/** A call that cannot be sent as asked: nothing left the process, and trying again would not help. */
export function refusedCall(message: string, cause?: unknown): ToolCallError {
  const fault = { status: null, retryable: false, retryAfterMs: null, body: null, outcomeUnknown: false };
  return new ToolCallError(message, { code: "tool_request_refused", ...fault }, cause);
}
