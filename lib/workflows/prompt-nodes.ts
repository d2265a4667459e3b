import type { NodeDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";

/** A pinned prompt revision: where it is in the definition and which node uses it. */
export type PinnedPrompt = { nodeId: string; artifactId: string; contentHash: string; path: string };

/** The prompt revisions that a version pins, one entry per node (inside maps too), in the author's order. */
export function promptRefs(definition: { nodes: readonly NodeDefinition[] }): PinnedPrompt[] {
  return placedNodes(definition).flatMap(({ node, path }) => {
    if ((node.type !== "model" && node.type !== "agent") || !("artifact" in node.prompt)) return [];
    const { artifact, hash } = node.prompt;
    return [{ nodeId: node.id, artifactId: artifact, contentHash: hash, path: `${path}.prompt` }];
  });
}
