import { z } from "zod";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import {
  CreatePromptRequest,
  CreateRevisionRequest,
  PromptCreated,
  PromptRevisionView,
  PromptSummary,
  RevisionCreated,
} from "#/lib/contract/prompt.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { deletePrompt } from "#/lib/prompts/delete-prompt.ts";
import { getPrompt } from "#/lib/prompts/get-prompt.ts";
import { getRevision } from "#/lib/prompts/get-revision.ts";
import { listPrompts } from "#/lib/prompts/list-prompts.ts";
import { listRevisions } from "#/lib/prompts/list-revisions.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { afterOf, pageOn, readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Prompts";

export const promptOperations = [
  operation({
    method: "GET",
    path: "/prompts",
    id: "listPrompts",
    tag,
    summary: "List prompt artifacts, newest first",
    action: "prompt:read",
    query: PageQuery,
    answers: { 200: pageOf(PromptSummary) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "prompts", filter: {} }, query, (slice) => listPrompts(ctx, slice))),
  }),
  operation({
    method: "POST",
    path: "/prompts",
    id: "createPrompt",
    tag,
    summary: "Create a prompt artifact with its first revision",
    action: "prompt:write",
    body: CreatePromptRequest,
    answers: { 201: PromptCreated },
    errors: ["conflict", "expression_failed"],
    handle: async ({ ctx, body }) => {
      const prompt = await createPrompt(ctx, body);
      return created(prompt, `/api/v1/prompts/${prompt.id}`);
    },
  }),
  operation({
    method: "GET",
    path: "/prompts/{id}",
    id: "getPrompt",
    tag,
    summary: "Read a prompt artifact",
    action: "prompt:read",
    params: ById,
    answers: { 200: PromptSummary },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getPrompt(ctx, params.id)),
  }),
  operation({
    method: "DELETE",
    path: "/prompts/{id}",
    id: "deletePrompt",
    tag,
    summary: "Delete a prompt artifact that no workflow version pins",
    action: "prompt:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found", "in_use"],
    handle: async ({ ctx, params }) => {
      await deletePrompt(ctx, params.id);
      return noContent;
    },
  }),
  operation({
    method: "GET",
    path: "/prompts/{id}/revisions",
    id: "listRevisions",
    tag,
    summary: "List the revisions of a prompt, newest first",
    action: "prompt:read",
    params: ById,
    query: PageQuery,
    answers: { 200: pageOf(PromptRevisionView) },
    errors: ["not_found"],
    handle: async ({ ctx, params, query: { limit, cursor } }) => {
      const of = { list: "revisions", filter: { artifactId: params.id } };
      const before = afterOf(ctx, of, z.int(), cursor);
      return ok(pageOn(ctx, of, await listRevisions(ctx, params.id, { limit, before })));
    },
  }),
  operation({
    method: "POST",
    path: "/prompts/{id}/revisions",
    id: "createRevision",
    tag,
    summary: "Add a revision; if a revision already has this text, it is returned (200)",
    action: "prompt:write",
    params: ById,
    body: CreateRevisionRequest,
    answers: { 201: RevisionCreated, 200: RevisionCreated },
    errors: ["not_found", "expression_failed"],
    handle: async ({ ctx, params, body }) => {
      const { created, ...revision } = await createRevision(ctx, params.id, body);
      const location = `/api/v1/prompts/${params.id}/revisions/${revision.contentHash}`;
      return { status: created ? 201 : 200, body: revision, headers: { location } };
    },
  }),
  operation({
    method: "GET",
    path: "/prompts/{id}/revisions/{hash}",
    id: "getRevision",
    tag,
    summary: "Read one revision by its content hash",
    action: "prompt:read",
    params: ById.extend({ hash: z.string().min(1).max(200) }),
    answers: { 200: PromptRevisionView },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await getRevision(ctx, params.id, params.hash)),
  }),
];
