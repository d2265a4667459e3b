import { z } from "zod";
import { CancelledRuns, RunSelection } from "#/lib/contract/batch.ts";
import { pageOf, pageQueryUpTo } from "#/lib/contract/page.ts";
import { ApprovalRequest, OpenApproval, RescheduleRequest, Run } from "#/lib/contract/run.ts";
import { chooseRuns } from "#/lib/batches/choose-runs.ts";
import { cancelRuns } from "#/lib/runs/cancel-runs.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { listApprovals, mostApprovals } from "#/lib/runs/list-approvals.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { rescheduleRun } from "#/lib/runs/reschedule-run.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { afterOf, pageOn } from "../pagination.ts";
import { ById, Id } from "./path-params.ts";

const tag = "Runs";

const control = {
  method: "POST",
  tag,
  note: "Without the scope `runs:read` a key is answered without the run's payload, output, error and differing calls.",
  action: "run:control",
  params: ById,
  answers: { 200: Run },
} as const;

export const runControlOperations = [
  operation({
    method: "POST",
    path: "/runs/cancel",
    id: "cancelRuns",
    tag,
    summary: "Cancel many runs, named or chosen by a filter",
    note: "A `filter` also needs the scope `runs:read`.",
    action: "run:control",
    body: RunSelection,
    answers: { 200: CancelledRuns },
    errors: ["filter_empty", "batch_too_large"],
    // Each in a transaction of its own, also below an idempotency key: all together would hold the workspace's lock for long.
    apart: async ({ ctx, body }) => cancelRuns(ctx, (await chooseRuns(ctx, body)).ids),
    handle: async ({ asked }) => ok(asked),
  }),
  operation({
    ...control,
    path: "/runs/{id}/cancel",
    id: "cancelRun",
    summary: "Cancel a run",
    errors: ["not_found", "run_final"],
    handle: async ({ ctx, params }) => ok(await cancelRun(ctx, params.id)),
  }),
  operation({
    ...control,
    path: "/runs/{id}/pause",
    id: "pauseRun",
    summary: "Pause a run before its next step",
    errors: ["not_found", "run_final", "illegal_transition"],
    handle: async ({ ctx, params }) => ok(await pauseRun(ctx, params.id)),
  }),
  operation({
    ...control,
    path: "/runs/{id}/resume",
    id: "resumeRun",
    summary: "Resume a paused run",
    errors: ["not_found", "run_final", "illegal_transition"],
    handle: async ({ ctx, params }) => ok(await resumeRun(ctx, params.id)),
  }),
  operation({
    ...control,
    path: "/runs/{id}/reschedule",
    id: "rescheduleRun",
    summary: "Reschedule a delayed run",
    body: RescheduleRequest,
    errors: ["not_found", "run_not_delayed"],
    handle: async ({ ctx, params, body }) => ok(await rescheduleRun(ctx, params.id, body)),
  }),
  operation({
    method: "GET",
    path: "/runs/{id}/approvals",
    id: "listApprovals",
    tag,
    summary: "List the approvals that a run is waiting for",
    action: "run:read",
    params: ById,
    query: pageQueryUpTo(mostApprovals),
    answers: { 200: pageOf(OpenApproval) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query }) => {
      const of = { list: "approvals", filter: { runId: params.id } };
      const after = afterOf(ctx, of, z.int(), query.cursor);
      return ok(pageOn(ctx, of, await listApprovals(ctx, params.id, { limit: query.limit, after })));
    },
  }),
  operation({
    ...control,
    path: "/runs/{id}/approvals/{spanId}",
    id: "decideApproval",
    summary: "Decide an approval that a run is waiting for",
    params: ById.extend({ spanId: Id }),
    body: ApprovalRequest,
    errors: ["not_found", "run_final", "conflict"],
    handle: async ({ ctx, params, body }) => ok(await decideApproval(ctx, params.id, params.spanId, body)),
  }),
];
