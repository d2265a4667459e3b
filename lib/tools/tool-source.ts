import type { JsonObject } from "#/lib/contract/json.ts";
import { maskUrls } from "#/lib/core/mask-urls.ts";
import { builtinTool } from "./builtin-tools.ts";
import type { HttpSpec } from "./http-call.ts";
import { descriptionOf, readOnlyHint, schemaOf } from "./mcp-definition.ts";
import type { ToolFacts } from "./mutability.ts";

/** What a tool is, as a version's author wrote it. `use` names an HTTP tool of the workspace. */
export type ToolSource =
  | { kind: "http"; spec: HttpSpec }
  | { kind: "mcp"; server: string; tool: string }
  | { kind: "builtin"; name: string }
  | { kind: "use"; name: string };

/** A workspace tool as it is stored, with the server that it belongs to. */
export type WorkspaceTool = {
  id: string;
  name: string;
  kind: "http" | "mcp";
  definition: JsonObject;
  definitionHash: string;
  trustedHash: string | null;
  /** An admin's mark: true = read-only, false = mutating, null = none. */
  readOnly: boolean | null;
  server: { id: string; name: string; url: string; trusted: boolean } | null;
};

/** An HTTP tool of the workspace, checked like a version's tool when it was made. */
export type StoredHttpTool = {
  description?: string;
  input?: JsonObject;
  output?: JsonObject;
  http: HttpSpec;
  mutating?: true;
  identity?: { ignore: string[] };
  timeoutMs?: number;
};

export function storedHttpTool(tool: WorkspaceTool): StoredHttpTool {
  return tool.definition as unknown as StoredHttpTool;
}

/** The workspace's tool that a source names; null when it names none, or one that does not exist. Pure. */
export function toolOf(source: ToolSource, tools: readonly WorkspaceTool[]): WorkspaceTool | null {
  if (source.kind === "use") return tools.find((tool) => tool.kind === "http" && tool.name === source.name) ?? null;
  if (source.kind !== "mcp") return null;
  return tools.find((tool) => tool.server?.name === source.server && tool.name === source.tool) ?? null;
}

/** What a source is judged by before anything about a call is known; `mutating` is the author's mark. Pure. */
export function factsOfSource(source: ToolSource, tool: WorkspaceTool | null, mutating: boolean): ToolFacts {
  switch (source.kind) {
    case "http":
      return { kind: "http", ...source.spec, mutating };
    case "builtin": {
      const builtin = builtinTool(source.name);
      return builtin ? { kind: "builtin", mutating: mutating || builtin.mutating } : { kind: "missing" };
    }
    default:
      return tool ? factsOfTool(tool, mutating) : { kind: "missing" };
  }
}

/** What a tool of the workspace is judged by. Pure. */
export function factsOfTool(tool: WorkspaceTool, mutating: boolean): ToolFacts {
  const adminMutating = tool.readOnly === false;
  if (tool.kind === "http") {
    const { http, mutating: marked } = storedHttpTool(tool);
    return { kind: "http", ...http, mutating: mutating || marked === true, adminMutating };
  }
  return {
    kind: "mcp",
    mutating,
    adminMutating,
    adminReadOnly: tool.readOnly === true,
    serverTrusted: tool.server?.trusted === true,
    readOnlyHint: readOnlyHint(tool.definition),
    definitionHash: tool.definitionHash,
    trustedDefinitionHash: tool.trustedHash,
  };
}

/** The HTTP request behind a source, as its author wrote it; null for another kind, or a missing tool. Pure. */
export function httpSpecOf(source: ToolSource, tool: WorkspaceTool | null): HttpSpec | null {
  if (source.kind === "http") return source.spec;
  return source.kind === "use" && tool ? storedHttpTool(tool).http : null;
}

/** A request's method and address, as shown. Pure. */
export function shownRequest({ method, url }: Pick<HttpSpec, "method" | "url">): string {
  return `${method} ${maskUrls(url)}`;
}

/** How plans and lists name a source: method and address, or server and tool. Pure. */
export function sourceLabel(source: ToolSource, tool: WorkspaceTool | null): string {
  switch (source.kind) {
    case "http":
      return shownRequest(source.spec);
    case "mcp":
      return `MCP ${source.server}/${source.tool}`;
    case "builtin":
      return `built-in ${source.name}`;
    case "use": {
      const http = httpSpecOf(source, tool);
      return http ? shownRequest(http) : `workspace tool ${source.name}`;
    }
  }
}

/** What a model is told about a tool, and what its arguments and answers are checked against. */
export type ToolFace = { description: string; inputSchema: JsonObject | null; outputSchema: JsonObject | null };

/** The description of the tool behind a source, if that tool has its own. Pure. */
export function faceOfSource(source: ToolSource, tool: WorkspaceTool | null): ToolFace {
  if (source.kind === "builtin") {
    const builtin = builtinTool(source.name);
    return {
      description: builtin?.description ?? "",
      inputSchema: builtin?.inputSchema ?? null,
      outputSchema: builtin?.outputSchema ?? null,
    };
  }
  return tool ? faceOfTool(tool) : { description: "", inputSchema: null, outputSchema: null };
}

export function faceOfTool(tool: WorkspaceTool): ToolFace {
  if (tool.kind === "mcp")
    return {
      description: descriptionOf(tool.definition),
      inputSchema: schemaOf(tool.definition, "inputSchema"),
      outputSchema: schemaOf(tool.definition, "outputSchema"),
    };
  const { description, input, output } = storedHttpTool(tool);
  return { description: description ?? "", inputSchema: input ?? null, outputSchema: output ?? null };
}
