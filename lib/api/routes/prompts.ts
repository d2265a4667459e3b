import { z } from "zod";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import {
  CreatePromptRequest,
  CreateRevisionRequest,
  PromptCreated,
  PromptRevisionView,
  PromptSummary,
  RevisionCreated,
} from "#/lib/contract/prompt.ts";
import { declare } from "../endpoint.ts";
import { ById } from "./path-params.ts";

const tag = "Prompts";

export const listPromptsEndpoint = declare({
  method: "GET",
  path: "/prompts",
  id: "listPrompts",
  tag,
  summary: "List prompt artifacts, newest first",
  action: "prompt:read",
  query: PageQuery,
  responses: { 200: pageOf(PromptSummary) },
});

export const createPromptEndpoint = declare({
  method: "POST",
  path: "/prompts",
  id: "createPrompt",
  tag,
  summary: "Create a prompt artifact with its first revision",
  action: "prompt:write",
  body: CreatePromptRequest,
  responses: { 201: PromptCreated },
  errors: ["conflict"],
});

export const getPromptEndpoint = declare({
  method: "GET",
  path: "/prompts/{id}",
  id: "getPrompt",
  tag,
  summary: "Read a prompt artifact",
  action: "prompt:read",
  params: ById,
  responses: { 200: PromptSummary },
  errors: ["not_found"],
});

export const deletePromptEndpoint = declare({
  method: "DELETE",
  path: "/prompts/{id}",
  id: "deletePrompt",
  tag,
  summary: "Delete a prompt artifact that no workflow version pins",
  action: "prompt:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found", "in_use"],
});

export const listRevisionsEndpoint = declare({
  method: "GET",
  path: "/prompts/{id}/revisions",
  id: "listRevisions",
  tag,
  summary: "List the revisions of a prompt, newest first",
  action: "prompt:read",
  params: ById,
  query: PageQuery,
  responses: { 200: pageOf(PromptRevisionView) },
  errors: ["not_found"],
});

export const createRevisionEndpoint = declare({
  method: "POST",
  path: "/prompts/{id}/revisions",
  id: "createRevision",
  tag,
  summary: "Add a revision; the same text is the revision that has it (200)",
  action: "prompt:write",
  params: ById,
  body: CreateRevisionRequest,
  responses: { 201: RevisionCreated, 200: RevisionCreated },
  errors: ["not_found"],
});

export const getRevisionEndpoint = declare({
  method: "GET",
  path: "/prompts/{id}/revisions/{hash}",
  id: "getRevision",
  tag,
  summary: "Read one revision by its content hash",
  action: "prompt:read",
  params: ById.extend({ hash: z.string().min(1).max(200) }),
  responses: { 200: PromptRevisionView },
  errors: ["not_found"],
});
