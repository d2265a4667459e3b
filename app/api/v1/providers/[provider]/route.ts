import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteProviderEndpoint, getProviderEndpoint, putProviderEndpoint } from "#/lib/api/routes/providers.ts";
import { deleteProvider, getProvider, putProvider } from "#/lib/models/providers.ts";

const read = route(getProviderEndpoint)(async ({ ctx, params }) => ok(await getProvider(ctx, params.provider)));

const put = route(putProviderEndpoint)(async ({ ctx, params, body }) =>
  ok(await putProvider(ctx, params.provider, body)),
);

const remove = route(deleteProviderEndpoint)(async ({ ctx, params }) => {
  await deleteProvider(ctx, params.provider);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(read, put, remove);
