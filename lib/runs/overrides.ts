import type { NodeDefinition } from "#/lib/workflows/definition.ts";

/** What a replay changes in the version it runs; stored in the run's plan and read by the engine. */
export type RunOverrides = {
  prompt: { artifactId: string; contentHash: string } | null;
  model: { ref: string } | null;
  /** Narrows both; null = every node that uses the artifact, or calls a model. */
  nodeIds: string[] | null;
  /** Source node id → target node id, null = gone; ids that are the same in both versions are left out. */
  nodeMapping: Record<string, string | null>;
};

export const noOverrides: RunOverrides = { prompt: null, model: null, nodeIds: null, nodeMapping: {} };

type ModelNode = Extract<NodeDefinition, { type: "model" | "agent" }>;
type PromptPin = { artifact: string; hash: string };

export function callsModel(node: NodeDefinition): node is ModelNode {
  return node.type === "model" || node.type === "agent";
}

function concerns(node: NodeDefinition, overrides: RunOverrides): boolean {
  return overrides.nodeIds === null || overrides.nodeIds.includes(node.id);
}

/** The model that this node calls in this run. */
export function effectiveModelRef(node: ModelNode, overrides: RunOverrides): string {
  return overrides.model && concerns(node, overrides) ? overrides.model.ref : node.model;
}

/** The prompt revision that this node uses in this run, or null when its text is in the definition. */
export function effectivePrompt(node: ModelNode, overrides: RunOverrides): PromptPin | null {
  if (!("artifact" in node.prompt)) return null;
  const swapped = overrides.prompt?.artifactId === node.prompt.artifact && concerns(node, overrides);
  return swapped && overrides.prompt
    ? { artifact: node.prompt.artifact, hash: overrides.prompt.contentHash }
    : { artifact: node.prompt.artifact, hash: node.prompt.hash };
}

/** What a run inside this one inherits: the change of prompt or model, where it applies to all nodes. */
export function overridesInside({ prompt, model, nodeIds }: RunOverrides): RunOverrides {
  return nodeIds === null ? { ...noOverrides, prompt, model } : noOverrides;
}

/** Where the record of a source node goes in the version that runs; null when the node is gone. */
export function mappedNodeId(sourceNodeId: string, { nodeMapping }: Pick<RunOverrides, "nodeMapping">): string | null {
  return Object.hasOwn(nodeMapping, sourceNodeId) ? (nodeMapping[sourceNodeId] ?? null) : sourceNodeId;
}
