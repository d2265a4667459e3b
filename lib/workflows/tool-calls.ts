import type { Json } from "#/lib/contract/json.ts";
import type { ToolSource } from "#/lib/tools/tool-source.ts";
import type { NodeDefinition, ToolDefinition, WorkflowDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";

/** A tool call that a version can make. */
export type StaticToolCall = {
  nodeId: string;
  /** Name of the tool; for a node's own call the HTTP method, the MCP server and tool, or the name of what it uses. */
  tool: string;
  /** False when the node makes the call itself, without a tool of the version. */
  named: boolean;
  source: ToolSource;
  /** The author's mark, on the node or on the tool. */
  mutating: boolean;
  /** True when the model decides whether the call is made. */
  chosenByAgent: boolean;
  /** Templates of the arguments that the node passes; null where a model chooses them, or the request has none. */
  given: Json | null;
  /** The node's own policies.replay.allowMutations. */
  nodeAllowsMutations: boolean | undefined;
};

type SourceFields = Pick<ToolDefinition, "http" | "mcp" | "builtin" | "use">;

/** The source of a tool, or of a tool node that names none; null when there is none. */
export function sourceOf({ http, mcp, builtin, use }: SourceFields): ToolSource | null {
  if (http) return { kind: "http", spec: http };
  if (mcp) return { kind: "mcp", ...mcp };
  if (builtin !== undefined) return { kind: "builtin", name: builtin };
  return use === undefined ? null : { kind: "use", name: use };
}

/** How a node's own call is named in the record. */
export function ownCallName(source: ToolSource): string {
  if (source.kind === "http") return source.spec.method;
  return source.kind === "mcp" ? `${source.server}/${source.tool}` : source.name;
}

/** Every tool call that the nodes of a version can make: a tool node its own, an agent one for each of its tools. */
export function toolCalls(definition: WorkflowDefinition): StaticToolCall[] {
  return placedNodes(definition).flatMap(({ node }) => callsOf(definition, node));
}

function callsOf(definition: WorkflowDefinition, node: NodeDefinition): StaticToolCall[] {
  const nodeAllowsMutations = node.policies?.replay?.allowMutations;
  const named = (name: string, given: Json | null, marked: boolean): StaticToolCall[] => {
    const tool = definition.tools && Object.hasOwn(definition.tools, name) ? definition.tools[name] : undefined;
    const source = tool && sourceOf(tool);
    if (!source) return [];
    const mutating = marked || tool.mutating === true;
    const chosenByAgent = node.type === "agent";
    return [{ nodeId: node.id, tool: name, named: true, source, mutating, chosenByAgent, given, nodeAllowsMutations }];
  };
  if (node.type === "agent") return node.tools.flatMap((name) => named(name, null, false));
  if (node.type !== "tool") return [];
  const mutating = node.mutating === true;
  const source = sourceOf(node);
  const passed = (node.arguments ?? {}) as Json;
  if (!source) return named(node.tool ?? "", passed, mutating);
  const own = { nodeId: node.id, tool: ownCallName(source), named: false, source };
  const given = source.kind === "http" ? null : passed;
  return [{ ...own, mutating, chosenByAgent: false, given, nodeAllowsMutations }];
}

/** Everything behind the calls of a version, with the path of each in the definition; for looking up what the workspace has. */
export function placedSources(definition: WorkflowDefinition): { source: ToolSource; path: string }[] {
  const ofTools = Object.entries(definition.tools ?? {}).map(([name, tool]) => ({
    fields: tool,
    path: `tools.${name}`,
  }));
  const ofNodes = placedNodes(definition).flatMap(({ node, path }) =>
    node.type === "tool" ? [{ fields: node, path }] : [],
  );
  return [...ofTools, ...ofNodes].flatMap(({ fields, path }) => {
    const source = sourceOf(fields);
    return source ? [{ source, path: `${path}.${source.kind}` }] : [];
  });
}
