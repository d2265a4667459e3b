import { judgeMutability } from "#/lib/tools/mutability.ts";
import { factsOfSource, sourceLabel, toolOf, type WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { type StaticToolCall, toolCalls } from "#/lib/workflows/tool-calls.ts";

/** A tool call that a node can make. `tool` is null for a request of the node's own. */
export type NodeCall = {
  tool: string | null;
  request: string;
  chosenByAgent: boolean;
  mutating: boolean;
  why: string;
};

/** What the table of nodes shows about one node. */
export type NodeRow = {
  id: string;
  title: string | null;
  type: NodeDefinition["type"];
  /** The map node that holds it. */
  inside: string | null;
  needs: string[];
  when: string | null;
  model: string | null;
  prompt: { artifactId: string; contentHash: string } | "inline" | null;
  /** What a node does if it calls no model and no tool. */
  does: string | null;
  calls: NodeCall[];
  /** How many more calls it can make, which are not listed. */
  moreCalls: number;
  /** Its own policies.replay.allowMutations. */
  allowMutations: boolean | null;
};

/** Calls that the rows list in all: a thousand agents may have 128 tools each, and the page is made at once. */
const mostCalls = 1000;

/**
 * Every node of a version in the author's order, inner nodes of maps after their map. `tools` are the workspace's own
 * tools that its calls name. The first thousand calls are listed. Pure.
 */
export function nodeRows(definition: WorkflowDefinition, tools: readonly WorkspaceTool[]): NodeRow[] {
  const calls = Map.groupBy(toolCalls(definition), (call) => call.nodeId);
  let left = mostCalls;
  const take = (node: NodeDefinition) => {
    const all = calls.get(node.id) ?? [];
    const listed = all.slice(0, left);
    left -= listed.length;
    return { calls: listed.map((call) => nodeCall(call, tools)), moreCalls: all.length - listed.length };
  };
  return placedNodes(definition).map(({ node, inside }) => ({
    id: node.id,
    title: node.title ?? null,
    type: node.type,
    inside,
    needs: node.needs ?? [],
    when: node.when ?? null,
    ...callingOf(node),
    does: deedOf(node),
    ...take(node),
    allowMutations: node.policies?.replay?.allowMutations ?? null,
  }));
}

function nodeCall(
  { tool, named, source, mutating, chosenByAgent }: StaticToolCall,
  tools: readonly WorkspaceTool[],
): NodeCall {
  return {
    tool: named ? tool : null,
    request: sourceLabel(source, toolOf(source, tools)),
    chosenByAgent,
    ...judgeMutability(factsOfSource(source, toolOf(source, tools), mutating)),
  };
}

function callingOf(node: NodeDefinition): Pick<NodeRow, "model" | "prompt"> {
  if (node.type !== "model" && node.type !== "agent") return { model: null, prompt: null };
  const { prompt } = node;
  return {
    model: node.model,
    prompt: "artifact" in prompt ? { artifactId: prompt.artifact, contentHash: prompt.hash } : "inline",
  };
}

function deedOf(node: NodeDefinition): string | null {
  switch (node.type) {
    case "workflow":
      return `runs ${node.workflow}${node.version === undefined ? "" : ` version ${node.version}`}`;
    case "map":
      return `each ${node.as}, ${node.concurrency} at a time`;
    case "wait":
      return node.approval ? "waits for approval" : `waits ${node.durationMs} ms`;
    case "transform":
      return "computes a value";
    default:
      return null;
  }
}
