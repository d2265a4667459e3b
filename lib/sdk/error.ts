import type { ErrorCode, FieldError, Problem } from "#/lib/contract/problem.ts";

/** The service's closed list of codes, and four that arise on the client's side of the wire. */
export type RepriseErrorCode =
  | ErrorCode
  | "connection_failed"
  | "request_timed_out"
  | "unexpected_answer"
  | "wait_timed_out";

type Facts = {
  code: RepriseErrorCode;
  status?: number | null;
  requestId?: string | null;
  retryAfterMs?: number | null;
  details?: Record<string, unknown>;
  errors?: FieldError[];
  cause?: unknown;
};

/**
 * Every failure of a call. `status` is null when no answer came; `retryAfterMs` is null when the service names no time;
 * `errors` names the fields at fault; `requestId` finds the request in the service's logs and audit.
 */
export class RepriseError extends Error {
  override readonly name = "RepriseError";
  readonly code: RepriseErrorCode;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly details: Record<string, unknown>;
  readonly errors: FieldError[];

  constructor(message: string, facts: Facts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = facts.code;
    this.status = facts.status ?? null;
    this.requestId = facts.requestId ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.details = facts.details ?? {};
    this.errors = facts.errors ?? [];
  }
}

/** The error of an answer outside 2xx: its problem details (RFC 9457), or what can be said without them. */
export function errorOfAnswer(status: number, headers: Headers, text: string): RepriseError {
  const problem = problemOf(text);
  const requestId = headers.get("request-id");
  const retryAfterMs = retryAfterOf(headers);
  if (problem === null)
    return new RepriseError(messageWithoutProblem(status), {
      code: "unexpected_answer",
      ...{ status, requestId, retryAfterMs },
      details: text === "" ? {} : { body: text.slice(0, 500) },
    });
  const known = problem.details?.["retryAfterMs"];
  return new RepriseError(problem.detail, {
    code: problem.code,
    status,
    requestId: problem.requestId ?? requestId,
    retryAfterMs: retryAfterMs === null ? null : typeof known === "number" ? known : retryAfterMs,
    ...(problem.details ? { details: problem.details } : {}),
    ...(problem.errors ? { errors: problem.errors } : {}),
  });
}

function messageWithoutProblem(status: number): string {
  if (status === 0 || (status >= 300 && status < 400))
    return "The address answered with a redirect, which is not followed: use the service's final address as baseUrl.";
  return `The address answered with HTTP ${status} and no problem details: is baseUrl the address of Reprise?`;
}

function problemOf(text: string): Problem | null {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    return typeof value?.code === "string" && typeof value.detail === "string" ? (value as Problem) : null;
  } catch {
    return null;
  }
}

/** `Retry-After` (RFC 9110, 10.2.3) in milliseconds, from seconds or a date; null when there is none. */
function retryAfterOf(headers: Headers): number | null {
  const value = headers.get("retry-after")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** The error of a wait that takes longer than allowed; `what` it was for, as it is now. */
export function waitTimedOut(what: "run" | "batch", now: { id: string; status: string }): RepriseError {
  return new RepriseError(`The ${what} is still ${now.status} after the timeout.`, {
    code: "wait_timed_out",
    details: { [`${what}Id`]: now.id, status: now.status },
  });
}

/** Is the service only away for now, so that whoever watches something asks again? */
export function mayComeBack(error: unknown): boolean {
  if (!(error instanceof RepriseError)) return false;
  return error.status === null || error.status >= 500 || error.status === 408 || error.status === 429;
}
