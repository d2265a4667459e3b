import { created, ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createMcpServerEndpoint, listMcpServersEndpoint } from "#/lib/api/routes/tools.ts";
import { createMcpServer, listMcpServers } from "#/lib/tools/mcp-servers.ts";

const list = route(listMcpServersEndpoint)(async ({ ctx, query }) => {
  const of = { list: "mcp-servers", filter: {} };
  return ok(pageOfWhole(ctx, of, await listMcpServers(ctx), (server) => server.name, query));
});

const create = route(createMcpServerEndpoint)(async ({ ctx, body }) => created(await createMcpServer(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
