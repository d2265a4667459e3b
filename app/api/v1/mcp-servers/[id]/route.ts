import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { deleteMcpServerEndpoint, updateMcpServerEndpoint } from "#/lib/api/routes/tools.ts";
import { deleteMcpServer, updateMcpServer } from "#/lib/tools/mcp-servers.ts";

const update = route(updateMcpServerEndpoint)(async ({ ctx, params, body }) =>
  ok(await updateMcpServer(ctx, params.id, body)),
);

const remove = route(deleteMcpServerEndpoint)(async ({ ctx, params }) => {
  await deleteMcpServer(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(update, remove);
