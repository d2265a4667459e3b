import { noContent } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { revokeApiKeyEndpoint } from "#/lib/api/routes/administration.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";

const revoke = route(revokeApiKeyEndpoint)(async ({ ctx, params }) => {
  await revokeApiKey(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(revoke);
