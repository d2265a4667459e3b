import { created, ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createApiKeyEndpoint, listApiKeysEndpoint } from "#/lib/api/routes/administration.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { listApiKeys } from "#/lib/tenancy/list-api-keys.ts";

const list = route(listApiKeysEndpoint)(async ({ ctx, query: { limit, cursor } }) => {
  const of = { list: "api-keys", filter: {} };
  return ok(pageOn(ctx, of, await listApiKeys(ctx, { limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

const create = route(createApiKeyEndpoint)(async ({ ctx, body }) => created(await createApiKey(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
