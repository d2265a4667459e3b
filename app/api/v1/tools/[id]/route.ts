import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteToolEndpoint, updateToolEndpoint } from "#/lib/api/routes/tools.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";

const update = route(updateToolEndpoint)(async ({ ctx, params, body }) =>
  ok(await markTool(ctx, params.id, body.readOnly)),
);

const remove = route(deleteToolEndpoint)(async ({ ctx, params }) => {
  await deleteTool(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(update, remove);
