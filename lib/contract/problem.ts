import { z } from "zod";

/** Closed list of error codes; every surface (REST, page, SDK, CLI, MCP) reports the same ones. */
export const errorCodes = [
  "validation_failed",
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "in_use",
  "payload_too_large",
  "unsupported_media_type",
  "method_not_allowed",
  "idempotency_key_reused",
  "idempotency_in_progress",
  "too_many_requests",
  "unavailable",
  "internal",
  // workflows and runs
  "workflow_invalid",
  "payload_invalid",
  "run_final",
  "run_not_delayed",
  "illegal_transition",
  // replay: the product's table of codes
  "filter_empty",
  "batch_too_large",
  "run_in_flight",
  "replay_quota_exceeded",
  "replay_depth_exceeded",
  "model_not_available",
  "provider_blocked",
  "source_version_unavailable",
  "workflow_paused",
  "cross_boundary",
  "nodes_unmapped",
  "prompt_not_found",
  "prompt_hash_mismatch",
  "model_ref_mismatch",
  "override_has_no_target",
  "mapping_invalid",
  "from_node_invalid",
  // how a step or a run ends
  "step_failed",
  "expression_failed",
  "output_invalid",
  "run_too_large",
  "provider_error",
  "provider_stream_incomplete",
  "provider_idle_timeout",
  "provider_not_configured",
  "tool_http_error",
  "tool_request_refused",
  "tool_failed",
  "agent_turns_exceeded",
  "cost_limit_exceeded",
  "timed_out",
  "cancelled",
  "expired",
  "crashed",
  "unknown_outcome",
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** One field at fault: `path` is a dotted path into the request (`body.payload.ticketId`, `query.limit`). */
export const FieldError = z.object({ path: z.string(), message: z.string() });
export type FieldError = z.infer<typeof FieldError>;

/** RFC 9457 problem details with our members. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: ErrorCode,
    requestId: z.string(),
    errors: z.array(FieldError).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;
