import type { McpServerView, ToolView } from "#/lib/contract/tool.ts";
import { type BuiltinTool, builtinTools } from "./builtin-tools.ts";
import { readOnlyHint } from "./mcp-definition.ts";
import { judgeMutability } from "./mutability.ts";
import type { McpServerRow } from "./store.ts";
import { faceOfTool, factsOfTool, shownRequest, storedHttpTool, type WorkspaceTool } from "./tool-source.ts";

/** A tool of the workspace as every surface shows it, judged as its calls are. */
export function toolView(tool: WorkspaceTool): ToolView {
  const http = tool.kind === "http" ? storedHttpTool(tool).http : null;
  return {
    id: tool.id,
    name: tool.name,
    kind: tool.kind,
    source: tool.server && { id: tool.server.id, name: tool.server.name },
    request: http && shownRequest(http),
    ...judgeMutability(factsOfTool(tool, false)),
    readOnly: tool.readOnly,
    readOnlyHint: tool.kind === "mcp" ? readOnlyHint(tool.definition) : null,
    definitionHash: tool.definitionHash,
    changedSinceTrusted: tool.server?.trusted === true && tool.trustedHash !== tool.definitionHash,
    ...faceOfTool(tool),
  };
}

function builtinView({ name, description, mutating, inputSchema, outputSchema }: BuiltinTool): ToolView {
  return {
    id: null,
    name,
    kind: "builtin",
    source: null,
    description,
    request: null,
    ...judgeMutability({ kind: "builtin", mutating }),
    readOnly: null,
    readOnlyHint: null,
    definitionHash: null,
    changedSinceTrusted: false,
    inputSchema,
    outputSchema,
  };
}

export function builtinViews(): ToolView[] {
  return builtinTools.map(builtinView);
}

export function serverView(row: McpServerRow, tools: readonly WorkspaceTool[]): McpServerView {
  return {
    id: row.id,
    name: row.name,
    url: row.url,
    headerNames: row.headerNames,
    trusted: row.trusted,
    protocolVersion: row.protocolVersion,
    refreshedAt: row.refreshedAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    tools: tools.filter((tool) => tool.server?.id === row.id).map(toolView),
  };
}
