import { z } from "zod";
import { RunComparison } from "#/lib/contract/compare.ts";
import { RunEvent } from "#/lib/contract/event.ts";
import { LogFilter, LogLine } from "#/lib/contract/log.ts";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { Preflight, ReplayAccepted, ReplayRequest } from "#/lib/contract/replay.ts";
import {
  ApprovalRequest,
  OpenApproval,
  RescheduleRequest,
  Run,
  RunAccepted,
  RunFilter,
  RunSummary,
  SpanDetail,
  Step,
  TriggerRequest,
} from "#/lib/contract/run.ts";
import { TraceSkeleton } from "#/lib/contract/trace.ts";
import { declare } from "../endpoint.ts";
import { ById, BySlug, Id } from "./path-params.ts";

const tag = "Runs";

export const triggerRunEndpoint = declare({
  method: "POST",
  path: "/workflows/{slug}/runs",
  id: "triggerRun",
  tag,
  summary: "Start a run of a workflow",
  action: "run:trigger",
  params: BySlug,
  body: TriggerRequest,
  emptyBody: true,
  responses: { 202: RunAccepted },
  errors: ["not_found", "workflow_paused", "payload_invalid"],
});

export const listRunsEndpoint = declare({
  method: "GET",
  path: "/runs",
  id: "listRuns",
  tag,
  summary: "List runs, newest first",
  action: "run:read",
  query: RunFilter.extend(PageQuery.shape),
  responses: { 200: pageOf(RunSummary) },
});

export const getRunEndpoint = declare({
  method: "GET",
  path: "/runs/{id}",
  id: "getRun",
  tag,
  summary: "Read a run with its payload and output",
  action: "run:read",
  params: ById,
  responses: { 200: Run },
  errors: ["not_found"],
});

export const readTraceEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/trace",
  id: "readTrace",
  tag,
  summary: "Read the span skeleton of a run: columns, no payloads",
  action: "run:read",
  params: ById,
  query: z.object({
    after: z.coerce
      .number()
      .int()
      .min(0)
      .optional()
      .meta({ description: "The `rev` that you have: only if it changed" }),
  }),
  responses: {
    200: {
      content: {
        "application/json": TraceSkeleton,
        "application/gzip": z.string().meta({ description: "The same JSON, gzipped, for a finished run" }),
      },
    },
  },
  errors: ["not_found"],
});

export const readSpanEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/spans/{spanId}",
  id: "readSpan",
  tag,
  summary: "Read one span with input, output and attributes",
  action: "run:read",
  params: ById.extend({ spanId: Id }),
  responses: { 200: SpanDetail },
  errors: ["not_found"],
});

export const listStepsEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/steps",
  id: "listSteps",
  tag,
  summary: "List the steps of a run with their attempts",
  action: "run:read",
  params: ById,
  responses: { 200: z.object({ data: z.array(Step) }) },
  errors: ["not_found"],
});

export const readEventsEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/events",
  id: "readEvents",
  tag,
  summary: "Read or follow the events of a run (JSON, or server-sent events; resumable by Last-Event-ID)",
  action: "run:read",
  params: ById,
  query: z.object({
    after: z.coerce.number().int().min(0).optional().meta({ description: "The `seq` of the last event that you have" }),
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
  }),
  responses: {
    200: {
      content: {
        "application/json": z.object({ data: z.array(RunEvent), hasMore: z.boolean(), final: z.boolean() }),
        "text/event-stream": z.string(),
      },
    },
  },
  errors: ["not_found"],
});

export const readLogsEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/logs",
  id: "readLogs",
  tag,
  summary: "Read the log lines of a run in order; `after` is the `seq` of the last line that you have",
  action: "run:read",
  params: ById,
  query: LogFilter.extend(PageQuery.shape),
  responses: { 200: pageOf(LogLine) },
  errors: ["not_found"],
});

export const deleteRunEndpoint = declare({
  method: "DELETE",
  path: "/runs/{id}",
  id: "deleteRun",
  tag,
  summary: "Delete a run that has ended, with everything stored about it and the runs inside of it",
  action: "run:delete",
  params: ById,
  responses: { 204: null },
  errors: ["not_found", "run_in_flight", "in_use"],
});

export const compareRunsEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/compare/{otherId}",
  id: "compareRuns",
  tag,
  summary: "Compare two runs step by step; `a` is the older one, in whichever order they are named",
  action: "run:read",
  params: ById.extend({ otherId: Id }),
  responses: { 200: RunComparison },
  errors: ["not_found"],
});

const control = { method: "POST", tag, action: "run:control", params: ById, responses: { 200: Run } } as const;

export const cancelRunEndpoint = declare({
  ...control,
  path: "/runs/{id}/cancel",
  id: "cancelRun",
  summary: "Cancel a run",
  errors: ["not_found", "run_final"],
});

export const pauseRunEndpoint = declare({
  ...control,
  path: "/runs/{id}/pause",
  id: "pauseRun",
  summary: "Pause a run before its next step",
  errors: ["not_found", "run_final", "illegal_transition"],
});

export const resumeRunEndpoint = declare({
  ...control,
  path: "/runs/{id}/resume",
  id: "resumeRun",
  summary: "Let a paused run go on",
  errors: ["not_found", "run_final", "illegal_transition"],
});

const refusals = [
  "not_found",
  "cross_boundary",
  "run_in_flight",
  "replay_depth_exceeded",
  "source_version_unavailable",
  "workflow_paused",
  "mapping_invalid",
  "nodes_unmapped",
  "from_node_invalid",
  "prompt_not_found",
  "prompt_hash_mismatch",
  "model_ref_mismatch",
  "provider_blocked",
  "model_not_available",
  "override_has_no_target",
  "payload_invalid",
] as const;

export const submitReplayEndpoint = declare({
  method: "POST",
  path: "/runs/{id}/replay",
  id: "submitReplay",
  tag: "Replay",
  summary: "Replay a finished run; an empty body replays it as it was",
  action: "replay:submit",
  params: ById,
  body: ReplayRequest,
  duplicateKeys: "mapping_invalid",
  emptyBody: true,
  responses: { 202: ReplayAccepted },
  errors: [...refusals, "replay_quota_exceeded"],
});

export const preflightReplayEndpoint = declare({
  method: "POST",
  path: "/runs/{id}/replay/preflight",
  id: "preflightReplay",
  tag: "Replay",
  summary: "Everything that a replay would do, and all reasons against it; changes nothing, costs no quota",
  action: "replay:preflight",
  params: ById,
  body: ReplayRequest,
  duplicateKeys: "mapping_invalid",
  emptyBody: true,
  responses: { 200: Preflight },
  errors: ["not_found", "cross_boundary"],
});

export const rescheduleRunEndpoint = declare({
  ...control,
  path: "/runs/{id}/reschedule",
  id: "rescheduleRun",
  summary: "Give a delayed run another time",
  body: RescheduleRequest,
  errors: ["not_found", "run_not_delayed"],
});

export const listApprovalsEndpoint = declare({
  method: "GET",
  path: "/runs/{id}/approvals",
  id: "listApprovals",
  tag,
  summary: "List the approvals that a run waits for",
  action: "run:read",
  params: ById,
  responses: { 200: z.object({ data: z.array(OpenApproval) }) },
  errors: ["not_found"],
});

export const decideApprovalEndpoint = declare({
  ...control,
  path: "/runs/{id}/approvals/{spanId}",
  id: "decideApproval",
  summary: "Decide on an approval that a run waits for",
  params: ById.extend({ spanId: Id }),
  body: ApprovalRequest,
  errors: ["not_found", "run_final", "conflict"],
});
