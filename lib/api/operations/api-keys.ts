import { ApiKeyCreated, ApiKeyView, CreateApiKeyRequest } from "#/lib/contract/administration.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "API keys";

export const apiKeyOperations = [
  operation({
    method: "GET",
    path: "/api-keys",
    id: "listApiKeys",
    tag,
    summary: "List API keys, newest first",
    action: "key:read",
    query: PageQuery,
    answers: { 200: pageOf(ApiKeyView) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "api-keys", filter: {} }, query, (slice) => listApiKeys(ctx, slice))),
  }),
  operation({
    method: "POST",
    path: "/api-keys",
    id: "createApiKey",
    tag,
    summary: "Create an API key; its secret is shown once",
    action: "key:write",
    body: CreateApiKeyRequest,
    secret: true,
    answers: { 201: ApiKeyCreated },
    handle: async ({ ctx, body }) => created(await createApiKey(ctx, body)),
  }),
  operation({
    method: "DELETE",
    path: "/api-keys/{id}",
    id: "revokeApiKey",
    tag,
    summary: "Revoke an API key",
    action: "key:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await revokeApiKey(ctx, params.id);
      return noContent;
    },
  }),
];
