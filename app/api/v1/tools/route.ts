import { created, ok } from "#/lib/api/answer.ts";
import { pageOfWhole } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createToolEndpoint, listToolsEndpoint } from "#/lib/api/routes/tools.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";

const list = route(listToolsEndpoint)(async ({ ctx, query }) => {
  const of = { list: "tools", filter: {} };
  // HTTP tools first, then MCP tools by server, then what comes with the product.
  const order = { http: 0, mcp: 1, builtin: 2 };
  const keyOf = (tool: Awaited<ReturnType<typeof listTools>>[number]) =>
    JSON.stringify([order[tool.kind], tool.source?.name ?? "", tool.name]);
  return ok(pageOfWhole(ctx, of, await listTools(ctx), keyOf, query));
});

const create = route(createToolEndpoint)(async ({ ctx, body }) => created(await createTool(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
