import { z } from "zod";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { RunAccepted, TriggerAccepted, TriggerManyRequest, TriggerRequest } from "#/lib/contract/run.ts";
import {
  CreateWorkflowRequest,
  PauseWorkflowRequest,
  UnpauseWorkflowRequest,
  WorkflowCreated,
  WorkflowSummary,
} from "#/lib/contract/workflow.ts";
import { getWorkflow, listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { pauseWorkflow, unpauseWorkflow } from "#/lib/workflows/pause-workflow.ts";
import { createWorkflow, judgeDefinition } from "#/lib/workflows/push-version.ts";
import { judgeTrigger, judgeTriggers, triggerRun, triggerRuns } from "#/lib/runs/trigger-run.ts";
import { created, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { pageOfWhole } from "../pagination.ts";
import { outcomeSince } from "#/lib/runs/outcome-since.ts";
import { viaOf } from "../via.ts";
import { BySlug } from "./path-params.ts";

const tag = "Workflows";

export const workflowOperations = [
  operation({
    method: "GET",
    path: "/workflows",
    id: "listWorkflows",
    tag,
    summary: "List workflows by slug",
    action: "workflow:read",
    query: PageQuery,
    answers: { 200: pageOf(WorkflowSummary) },
    handle: async ({ ctx, query }) => {
      const of = { list: "workflows", filter: {} };
      return ok(pageOfWhole(ctx, of, await listWorkflows(ctx), (workflow) => workflow.slug, query));
    },
  }),
  operation({
    method: "POST",
    path: "/workflows",
    id: "createWorkflow",
    tag,
    summary: "Create a workflow with its first version",
    action: "workflow:write",
    body: CreateWorkflowRequest,
    answers: { 201: WorkflowCreated },
    errors: ["conflict", "workflow_invalid"],
    judge: ({ ctx, body }) => judgeDefinition(ctx, { json: body.definition }),
    handle: async ({ ctx, body, asked }) => {
      const workflow = await createWorkflow(ctx, { ...body, definition: { json: body.definition } }, asked);
      return created(workflow, `/api/v1/workflows/${workflow.slug}`);
    },
  }),
  operation({
    method: "GET",
    path: "/workflows/{slug}",
    id: "getWorkflow",
    tag,
    summary: "Read a workflow",
    action: "workflow:read",
    params: BySlug,
    answers: { 200: WorkflowSummary },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getWorkflow(ctx, params.slug)),
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/pause",
    id: "pauseWorkflow",
    tag,
    summary: "Pause a workflow for safety, with a reason",
    action: "workflow:pause",
    params: BySlug,
    body: PauseWorkflowRequest,
    answers: { 200: WorkflowSummary },
    errors: ["not_found"],
    handle: async ({ ctx, params, body }) => ok(await pauseWorkflow(ctx, params.slug, body.reason)),
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/unpause",
    id: "unpauseWorkflow",
    tag,
    summary: "Unpause a workflow, with an optional reason",
    action: "workflow:pause",
    params: BySlug,
    body: UnpauseWorkflowRequest,
    emptyBody: true,
    answers: { 200: WorkflowSummary },
    errors: ["not_found"],
    handle: async ({ ctx, params, body }) => ok(await unpauseWorkflow(ctx, params.slug, body.reason)),
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/runs",
    id: "triggerRun",
    tag: "Runs",
    summary: "Start a run of a workflow",
    action: "run:trigger",
    params: BySlug,
    query: z.object({ create: z.enum(["true", "false"]).optional() }),
    note: "`create=true` accepts a run of a workflow that does not exist yet: it waits for its first version. The same idempotency key is answered with `output` or `error` once the run has ended, if the caller may read runs.",
    body: TriggerRequest,
    emptyBody: true,
    answers: { 202: TriggerAccepted },
    errors: ["not_found", "workflow_paused", "payload_invalid"],
    judge: ({ ctx, params, query, body }) => judgeTrigger(ctx, params.slug, body, { create: query.create === "true" }),
    since: outcomeSince,
    handle: async ({ ctx, params, body, request, asked }) => {
      const run = await triggerRun(ctx, params.slug, body, viaOf(ctx, request), asked);
      return { status: 202, body: run, headers: { location: `/api/v1/runs/${run.id}` } };
    },
  }),
  operation({
    method: "POST",
    path: "/workflows/{slug}/runs/batch",
    id: "triggerRuns",
    tag: "Runs",
    summary: "Start up to 500 runs of a workflow: all of them, or none",
    action: "run:trigger",
    params: BySlug,
    body: TriggerManyRequest,
    answers: { 202: z.object({ runs: z.array(RunAccepted) }) },
    errors: ["not_found", "workflow_paused", "payload_invalid"],
    judge: ({ ctx, params, body }) => judgeTriggers(ctx, params.slug, body.items),
    handle: async ({ ctx, params, body, request, asked }) => ({
      status: 202,
      body: { runs: await triggerRuns(ctx, params.slug, body.items, viaOf(ctx, request), asked) },
    }),
  }),
];
