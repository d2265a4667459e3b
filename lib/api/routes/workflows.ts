import { z } from "zod";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import {
  CreateWorkflowRequest,
  PauseWorkflowRequest,
  PushVersionRequest,
  UnpauseWorkflowRequest,
  VersionPushed,
  WorkflowCreated,
  WorkflowSummary,
  WorkflowVersionDetail,
  WorkflowVersionSummary,
} from "#/lib/contract/workflow.ts";
import { declare } from "../endpoint.ts";
import { BySlug } from "./path-params.ts";

const tag = "Workflows";

export const listWorkflowsEndpoint = declare({
  method: "GET",
  path: "/workflows",
  id: "listWorkflows",
  tag,
  summary: "List workflows by slug",
  action: "workflow:read",
  query: PageQuery,
  responses: { 200: pageOf(WorkflowSummary) },
});

export const createWorkflowEndpoint = declare({
  method: "POST",
  path: "/workflows",
  id: "createWorkflow",
  tag,
  summary: "Create a workflow with its first version",
  action: "workflow:write",
  body: CreateWorkflowRequest,
  responses: { 201: WorkflowCreated },
  errors: ["conflict", "workflow_invalid"],
});

export const getWorkflowEndpoint = declare({
  method: "GET",
  path: "/workflows/{slug}",
  id: "getWorkflow",
  tag,
  summary: "Read a workflow",
  action: "workflow:read",
  params: BySlug,
  responses: { 200: WorkflowSummary },
  errors: ["not_found"],
});

export const listVersionsEndpoint = declare({
  method: "GET",
  path: "/workflows/{slug}/versions",
  id: "listVersions",
  tag,
  summary: "List a workflow's versions, newest first",
  action: "workflow:read",
  params: BySlug,
  query: PageQuery,
  responses: { 200: pageOf(WorkflowVersionSummary) },
  errors: ["not_found"],
});

export const pushVersionEndpoint = declare({
  method: "POST",
  path: "/workflows/{slug}/versions",
  id: "pushVersion",
  tag,
  summary: "Push a version: JSON, or the definition itself as YAML; the same content is the version that has it (200)",
  action: "workflow:write",
  params: BySlug,
  body: PushVersionRequest,
  yaml: z.object({ yaml: z.string() }).meta({ description: "The workflow definition as YAML" }),
  responses: { 201: VersionPushed, 200: VersionPushed },
  errors: ["not_found", "workflow_invalid"],
});

const ByVersion = BySlug.extend({ version: z.union([z.coerce.number().int().positive(), z.literal("latest")]) });

export const getVersionEndpoint = declare({
  method: "GET",
  path: "/workflows/{slug}/versions/{version}",
  id: "getVersion",
  tag,
  summary: "Read a version with its definition, by number or `latest`",
  action: "workflow:read",
  params: ByVersion,
  responses: { 200: WorkflowVersionDetail },
  errors: ["not_found"],
});

export const deleteVersionEndpoint = declare({
  method: "DELETE",
  path: "/workflows/{slug}/versions/{version}",
  id: "deleteVersion",
  tag,
  summary: "Delete a version; its number is never given out again",
  action: "workflow:write",
  params: BySlug.extend({ version: z.coerce.number().int().positive() }),
  responses: { 204: null },
  errors: ["not_found"],
});

export const pauseWorkflowEndpoint = declare({
  method: "POST",
  path: "/workflows/{slug}/pause",
  id: "pauseWorkflow",
  tag,
  summary: "Pause a workflow for safety, with a reason",
  action: "workflow:pause",
  params: BySlug,
  body: PauseWorkflowRequest,
  responses: { 200: WorkflowSummary },
  errors: ["not_found"],
});

export const unpauseWorkflowEndpoint = declare({
  method: "POST",
  path: "/workflows/{slug}/unpause",
  id: "unpauseWorkflow",
  tag,
  summary: "Let a paused workflow run again, with a reason if there is one to tell",
  action: "workflow:pause",
  params: BySlug,
  body: UnpauseWorkflowRequest,
  emptyBody: true,
  responses: { 200: WorkflowSummary },
  errors: ["not_found"],
});
