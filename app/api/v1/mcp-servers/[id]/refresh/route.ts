import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { refreshMcpServerEndpoint } from "#/lib/api/routes/tools.ts";
import { refreshMcpServer } from "#/lib/tools/mcp-servers.ts";

const refresh = route(refreshMcpServerEndpoint)(async ({ ctx, params }) => ok(await refreshMcpServer(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(refresh);
