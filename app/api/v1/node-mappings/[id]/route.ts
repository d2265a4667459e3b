import { noContent } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteNodeMappingEndpoint } from "#/lib/api/routes/node-mappings.ts";
import { deleteNodeMapping } from "#/lib/replay/delete-node-mapping.ts";

const remove = route(deleteNodeMappingEndpoint)(async ({ ctx, params }) => {
  await deleteNodeMapping(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(remove);
