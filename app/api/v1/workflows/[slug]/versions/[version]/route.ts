import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteVersionEndpoint, getVersionEndpoint } from "#/lib/api/routes/workflows.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { getVersion } from "#/lib/workflows/get-version.ts";

const get = route(getVersionEndpoint)(async ({ ctx, params }) =>
  ok(await getVersion(ctx, params.slug, params.version)),
);

const remove = route(deleteVersionEndpoint)(async ({ ctx, params }) => {
  await deleteVersion(ctx, params.slug, params.version);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, remove);
