import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getNodeMappingsEndpoint, putNodeMappingEndpoint } from "#/lib/api/routes/node-mappings.ts";
import { getNodeMappings } from "#/lib/replay/get-node-mappings.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";

const get = route(getNodeMappingsEndpoint)(async ({ ctx, query }) =>
  ok({ data: await getNodeMappings(ctx, query), hasMore: false, nextCursor: null }),
);

const put = route(putNodeMappingEndpoint)(async ({ ctx, body }) => ok(await putNodeMapping(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, put);
