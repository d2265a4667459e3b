import { ZodError } from "zod";
import { failureCode, isTransientFailure } from "#/db/failure.ts";
import type { ErrorCode, FieldError, Problem } from "#/lib/contract/problem.ts";
import { replayQuota } from "#/lib/contract/replay.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { fieldErrors, summaryOf } from "./field-errors.ts";

/** `never`: the same request cannot succeed later. `later`: it can. `open`: we cannot tell (the client decides). */
type Row = { status: number; title: string; retry: "never" | "later" | "open" };

/** The one table from code to HTTP (RFC 9457). Total: a code without a row does not compile. */
export const problemTable: Record<ErrorCode, Row> = {
  validation_failed: { status: 400, title: "The request is not valid", retry: "never" },
  unauthenticated: { status: 401, title: "Not signed in", retry: "never" },
  forbidden: { status: 403, title: "Not allowed", retry: "never" },
  not_found: { status: 404, title: "Not found", retry: "never" },
  conflict: { status: 409, title: "Conflict", retry: "never" },
  in_use: { status: 409, title: "Still in use", retry: "never" },
  payload_too_large: { status: 413, title: "The body is too large", retry: "never" },
  unsupported_media_type: { status: 415, title: "Unsupported media type", retry: "never" },
  method_not_allowed: { status: 405, title: "Method not allowed", retry: "never" },
  idempotency_key_reused: { status: 422, title: "Idempotency key reused", retry: "never" },
  idempotency_in_progress: { status: 409, title: "Request in progress", retry: "later" },
  too_many_requests: { status: 429, title: "Too many requests", retry: "later" },
  unavailable: { status: 503, title: "Temporarily unavailable", retry: "later" },
  internal: { status: 500, title: "Internal error", retry: "open" },
  workflow_invalid: { status: 422, title: "The workflow definition is not valid", retry: "never" },
  payload_invalid: { status: 422, title: "The payload does not fit the workflow", retry: "never" },
  run_final: { status: 409, title: "The run has ended", retry: "never" },
  run_not_delayed: { status: 409, title: "The run is not delayed", retry: "never" },
  illegal_transition: { status: 409, title: "Not possible in this status", retry: "never" },
  filter_empty: { status: 400, title: "The filter is empty", retry: "never" },
  batch_too_large: { status: 422, title: "Too many runs for one batch", retry: "never" },
  run_in_flight: { status: 409, title: "The run is in flight", retry: "never" },
  replay_quota_exceeded: { status: 429, title: "Replay quota exceeded", retry: "later" },
  replay_depth_exceeded: { status: 429, title: "Replay chain too deep", retry: "never" },
  model_not_available: { status: 403, title: "Model not available", retry: "never" },
  provider_blocked: { status: 403, title: "Provider blocked", retry: "never" },
  source_version_unavailable: { status: 409, title: "Workflow version unavailable", retry: "never" },
  workflow_paused: { status: 409, title: "Workflow paused", retry: "never" },
  cross_boundary: { status: 403, title: "Another workspace or account", retry: "never" },
  nodes_unmapped: { status: 409, title: "Nodes need mapping", retry: "never" },
  prompt_not_found: { status: 404, title: "Prompt not found", retry: "never" },
  prompt_hash_mismatch: { status: 422, title: "Prompt hash does not match", retry: "never" },
  model_ref_mismatch: { status: 422, title: "Model id and ref do not match", retry: "never" },
  override_has_no_target: { status: 422, title: "The override has no target", retry: "never" },
  mapping_invalid: { status: 422, title: "The node mapping is not valid", retry: "never" },
  from_node_invalid: { status: 422, title: "The replay cannot start from this node", retry: "never" },
  step_failed: { status: 422, title: "A step failed", retry: "never" },
  expression_failed: { status: 422, title: "An expression failed", retry: "never" },
  output_invalid: { status: 422, title: "The output does not fit its schema", retry: "never" },
  run_too_large: { status: 422, title: "The outputs of the run are too large", retry: "never" },
  provider_error: { status: 502, title: "The model provider failed", retry: "open" },
  provider_stream_incomplete: { status: 502, title: "The model provider's stream was interrupted", retry: "open" },
  provider_idle_timeout: { status: 504, title: "The model provider stopped responding", retry: "open" },
  provider_not_configured: { status: 422, title: "The model provider is not configured", retry: "never" },
  tool_http_error: { status: 502, title: "A tool answered with an error", retry: "open" },
  tool_request_refused: { status: 422, title: "A tool's request was refused", retry: "never" },
  tool_failed: { status: 502, title: "A tool failed", retry: "open" },
  agent_turns_exceeded: { status: 422, title: "The agent used all its turns", retry: "never" },
  cost_limit_exceeded: { status: 422, title: "Cost limit exceeded", retry: "never" },
  timed_out: { status: 504, title: "Timed out", retry: "open" },
  cancelled: { status: 409, title: "Cancelled", retry: "never" },
  expired: { status: 409, title: "Expired", retry: "never" },
  crashed: { status: 500, title: "Crashed", retry: "open" },
  unknown_outcome: { status: 409, title: "Outcome unknown", retry: "never" },
};

/**
 * Any thrown value as problem details: a domain error as itself, a zod error as validation_failed, a database that
 * cannot be asked as unavailable, the rest as internal with a fixed text.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  const { code, message, details, fields } = domainErrorOf(error);
  const { status, title } = problemTable[code];
  return {
    type: `urn:reprise:problem:${code}`,
    title,
    status,
    detail: message,
    code,
    requestId,
    ...(fields ? { errors: fields } : {}),
    ...(details ? { details } : {}),
  };
}

/** Postgres: a character that text cannot hold (U+0000), and a number or time out of range. */
const unstorableCodes = new Set(["22021", "22P05", "22003", "22008"]);

function domainErrorOf(error: unknown): {
  code: ErrorCode;
  message: string;
  details?: Record<string, unknown>;
  fields?: FieldError[];
} {
  if (error instanceof DomainError) return error;
  if (error instanceof ZodError) {
    const fields = fieldErrors("body", error);
    return { code: "validation_failed", message: summaryOf(fields), fields };
  }
  if (isTransientFailure(error))
    return { code: "unavailable", message: "The service is temporarily unavailable. Try again." };
  if (unstorableCodes.has(failureCode(error) ?? ""))
    return {
      code: "validation_failed",
      message: "The request contains text or a number that cannot be stored (such as U+0000).",
    };
  return { code: "internal", message: "Something went wrong on our side." };
}

const unavailableRetryMs = 2_000;
const inProgressRetryMs = 1_000;

/** A problem's headers: when to retry, or not to (`x-should-retry`, which HTTP clients obey). */
export function problemHeaders(problem: Problem): Record<string, string> {
  const headers: Record<string, string> = {};
  const { retry } = problemTable[problem.code];
  if (retry === "never") headers["x-should-retry"] = "false";
  if (retry === "later") {
    headers["x-should-retry"] = "true";
    headers["retry-after"] = String(Math.ceil(retryAfterMs(problem) / 1000));
  }
  if (problem.code === "unauthenticated") headers["www-authenticate"] = 'Bearer realm="reprise"';
  if (problem.code === "replay_quota_exceeded") {
    headers["ratelimit-policy"] = `"replay";q=${replayQuota.limit};w=${replayQuota.windowMs / 1000}`;
    headers["ratelimit"] = `"replay";r=0;t=${headers["retry-after"]}`;
  }
  return headers;
}

function retryAfterMs(problem: Problem): number {
  const known = problem.details?.["retryAfterMs"];
  if (typeof known === "number" && known > 0) return known;
  return problem.code === "idempotency_in_progress" ? inProgressRetryMs : unavailableRetryMs;
}
