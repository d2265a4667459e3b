import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import {
  CreateMcpServerRequest,
  CreateToolRequest,
  McpServerView,
  ToolView,
  UpdateMcpServerRequest,
  UpdateToolRequest,
} from "#/lib/contract/tool.ts";
import { declare } from "../endpoint.ts";
import { ById } from "./path-params.ts";

export const listToolsEndpoint = declare({
  method: "GET",
  path: "/tools",
  id: "listTools",
  tag: "Tools",
  summary: "List what nodes and agents may call, each with whether it is mutating and why",
  action: "tool:read",
  query: PageQuery,
  responses: { 200: pageOf(ToolView) },
});

export const createToolEndpoint = declare({
  method: "POST",
  path: "/tools",
  id: "createTool",
  tag: "Tools",
  summary: "Make an HTTP tool that every workflow may use by name (`use: NAME`)",
  action: "tool:write",
  body: CreateToolRequest,
  responses: { 201: ToolView },
  errors: ["conflict"],
});

export const updateToolEndpoint = declare({
  method: "PATCH",
  path: "/tools/{id}",
  id: "updateTool",
  tag: "Tools",
  summary: "Mark a tool read-only (MCP tools only) or mutating, or take the mark back",
  action: "tool:write",
  params: ById,
  body: UpdateToolRequest,
  responses: { 200: ToolView },
  errors: ["not_found"],
});

export const deleteToolEndpoint = declare({
  method: "DELETE",
  path: "/tools/{id}",
  id: "deleteTool",
  tag: "Tools",
  summary: "Delete an HTTP tool of the workspace",
  action: "tool:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found", "conflict"],
});

export const listMcpServersEndpoint = declare({
  method: "GET",
  path: "/mcp-servers",
  id: "listMcpServers",
  tag: "Tools",
  summary: "List MCP servers with their tools as they were last read",
  action: "tool:read",
  query: PageQuery,
  responses: { 200: pageOf(McpServerView) },
});

const fetchErrors = ["tool_request_refused", "tool_http_error", "tool_failed", "timed_out"] as const;

export const createMcpServerEndpoint = declare({
  method: "POST",
  path: "/mcp-servers",
  id: "createMcpServer",
  tag: "Tools",
  summary: "Add an MCP server (streamable HTTP): its tools are read at once; it is not trusted",
  action: "tool:write",
  body: CreateMcpServerRequest,
  responses: { 201: McpServerView },
  errors: ["conflict", ...fetchErrors],
});

export const updateMcpServerEndpoint = declare({
  method: "PATCH",
  path: "/mcp-servers/{id}",
  id: "updateMcpServer",
  tag: "Tools",
  summary:
    "Trust a server or not (bound to its tools' present definitions), or change its address, which needs its headers again",
  action: "tool:write",
  params: ById,
  body: UpdateMcpServerRequest,
  responses: { 200: McpServerView },
  errors: ["not_found", "conflict", ...fetchErrors],
});

export const refreshMcpServerEndpoint = declare({
  method: "POST",
  path: "/mcp-servers/{id}/refresh",
  id: "refreshMcpServer",
  tag: "Tools",
  summary: "Read a server's tools again; one whose definition changed is mutating until the server is trusted anew",
  action: "tool:write",
  params: ById,
  responses: { 200: McpServerView },
  errors: ["not_found", "conflict", ...fetchErrors],
});

export const deleteMcpServerEndpoint = declare({
  method: "DELETE",
  path: "/mcp-servers/{id}",
  id: "deleteMcpServer",
  tag: "Tools",
  summary: "Remove an MCP server with its tools",
  action: "tool:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found"],
});
