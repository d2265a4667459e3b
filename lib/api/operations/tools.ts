import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { CreateToolRequest, ToolView, UpdateToolRequest } from "#/lib/contract/tool.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";
import { createTool, judgeTool } from "#/lib/workflows/create-tool.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { pageOfWhole } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Tools";

export const toolOperations = [
  operation({
    method: "GET",
    path: "/tools",
    id: "listTools",
    tag,
    summary: "List the tools that nodes and agents can call, with whether each is mutating and why",
    action: "tool:read",
    query: PageQuery,
    answers: { 200: pageOf(ToolView) },
    handle: async ({ ctx, query }) => {
      const of = { list: "tools", filter: {} };
      // HTTP tools first, then MCP tools by server, then the built-in ones.
      const order = { http: 0, mcp: 1, builtin: 2 };
      const keyOf = (tool: Awaited<ReturnType<typeof listTools>>[number]) =>
        JSON.stringify([order[tool.kind], tool.source?.name ?? "", tool.name]);
      return ok(pageOfWhole(ctx, of, await listTools(ctx), keyOf, query));
    },
  }),
  operation({
    method: "POST",
    path: "/tools",
    id: "createTool",
    tag,
    summary: "Create an HTTP tool that every workflow can use by name (`use: NAME`)",
    action: "tool:write",
    body: CreateToolRequest,
    answers: { 201: ToolView },
    errors: ["conflict"],
    judge: ({ ctx, body }) => judgeTool(ctx, body),
    handle: async ({ ctx, body, asked }) => created(await createTool(ctx, body, asked)),
  }),
  operation({
    method: "PATCH",
    path: "/tools/{id}",
    id: "updateTool",
    tag,
    summary: "Mark a tool read-only (MCP tools only) or mutating, or clear the mark",
    action: "tool:write",
    params: ById,
    body: UpdateToolRequest,
    answers: { 200: ToolView },
    errors: ["not_found"],
    handle: async ({ ctx, params, body }) => ok(await markTool(ctx, params.id, body.readOnly)),
  }),
  operation({
    method: "DELETE",
    path: "/tools/{id}",
    id: "deleteTool",
    tag,
    summary: "Delete an HTTP tool of the workspace",
    action: "tool:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params }) => {
      await deleteTool(ctx, params.id);
      return noContent;
    },
  }),
];
