import type { HttpToolSpec, NodeDefinition, WorkflowDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";

/** A tool call that a version can make. */
export type StaticToolCall = {
  nodeId: string;
  /** Name of the tool, or the HTTP method of a node's own request. */
  tool: string;
  spec: HttpToolSpec;
  /** The author's mark, on the node or on the tool. */
  mutating: boolean;
  /** True when the model decides whether the call is made. */
  chosenByAgent: boolean;
  /** The node's own policies.replay.allowMutations. */
  nodeAllowsMutations: boolean | undefined;
};

/** Every tool call that the nodes of a version can make: a tool node its own, an agent one for each of its tools. */
export function toolCalls(definition: WorkflowDefinition): StaticToolCall[] {
  return placedNodes(definition).flatMap(({ node }) => callsOf(definition, node));
}

function callsOf(definition: WorkflowDefinition, node: NodeDefinition): StaticToolCall[] {
  const nodeAllowsMutations = node.policies?.replay?.allowMutations;
  const named = (name: string, chosenByAgent: boolean, marked: boolean): StaticToolCall[] => {
    const tool = definition.tools && Object.hasOwn(definition.tools, name) ? definition.tools[name] : undefined;
    if (!tool) return [];
    const mutating = marked || tool.mutating === true;
    return [{ nodeId: node.id, tool: name, spec: tool.http, mutating, chosenByAgent, nodeAllowsMutations }];
  };
  if (node.type === "agent") return node.tools.flatMap((name) => named(name, true, false));
  if (node.type !== "tool") return [];
  const marked = node.mutating === true;
  if (!node.http) return named(node.tool ?? "", false, marked);
  const { http } = node;
  return [
    { nodeId: node.id, tool: http.method, spec: http, mutating: marked, chosenByAgent: false, nodeAllowsMutations },
  ];
}
