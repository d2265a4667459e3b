import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { CreateMcpServerRequest, McpServerView, UpdateMcpServerRequest } from "#/lib/contract/tool.ts";
import {
  askNewServer,
  askServer,
  createMcpServer,
  deleteMcpServer,
  listMcpServers,
  refreshMcpServer,
  updateMcpServer,
} from "#/lib/tools/mcp-servers.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { pageOfWhole } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Tools";

const askErrors = ["too_many_requests", "tool_request_refused", "tool_http_error", "tool_failed", "timed_out"] as const;

export const mcpServerOperations = [
  operation({
    method: "GET",
    path: "/mcp-servers",
    id: "listMcpServers",
    tag,
    summary: "List MCP servers with their tools as they were last read",
    action: "tool:read",
    isHeavy: true,
    query: PageQuery,
    answers: { 200: pageOf(McpServerView) },
    handle: async ({ ctx, query }) => {
      const of = { list: "mcp-servers", filter: {} };
      return ok(pageOfWhole(ctx, of, await listMcpServers(ctx), (server) => server.name, query));
    },
  }),
  operation({
    method: "POST",
    path: "/mcp-servers",
    id: "createMcpServer",
    tag,
    summary: "Add an MCP server (streamable HTTP): its tools are read immediately, and it starts untrusted",
    action: "tool:write",
    isHeavy: true,
    body: CreateMcpServerRequest,
    answers: { 201: McpServerView },
    errors: ["conflict", ...askErrors],
    ask: ({ ctx, body }) => askNewServer(ctx, body),
    handle: async ({ ctx, body, asked }) => created(await createMcpServer(ctx, body, asked)),
  }),
  operation({
    method: "PATCH",
    path: "/mcp-servers/{id}",
    id: "updateMcpServer",
    tag,
    summary:
      "Trust or stop trusting a server (bound to its tools' current definitions), or change its address, which requires its headers again",
    action: "tool:write",
    params: ById,
    body: UpdateMcpServerRequest,
    answers: { 200: McpServerView },
    errors: ["not_found", "conflict", ...askErrors],
    handle: async ({ ctx, params, body }) => ok(await updateMcpServer(ctx, params.id, body)),
  }),
  operation({
    method: "POST",
    path: "/mcp-servers/{id}/refresh",
    id: "refreshMcpServer",
    tag,
    summary: "Refresh a server's tools; a tool whose definition changed is mutating until the server is trusted again",
    action: "tool:write",
    isHeavy: true,
    params: ById,
    answers: { 200: McpServerView },
    errors: ["not_found", "conflict", ...askErrors],
    ask: ({ ctx, params }) => askServer(ctx, params.id),
    handle: async ({ ctx, params, asked }) => ok(await refreshMcpServer(ctx, params.id, asked)),
  }),
  operation({
    method: "DELETE",
    path: "/mcp-servers/{id}",
    id: "deleteMcpServer",
    tag,
    summary: "Remove an MCP server and its tools",
    action: "tool:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => {
      await deleteMcpServer(ctx, params.id);
      return noContent;
    },
  }),
];
