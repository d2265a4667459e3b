import { ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listProvidersEndpoint } from "#/lib/api/routes/providers.ts";
import { listProviders } from "#/lib/models/providers.ts";

const list = route(listProvidersEndpoint)(async ({ ctx, query }) => {
  const of = { list: "providers", filter: {} };
  return ok(pageOfWhole(ctx, of, await listProviders(ctx), (provider) => provider.provider, query));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
