import type { NodeDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";

/** Which nodes call which model (`model` and `agent`, inside of maps too), in the author's order. */
export function modelRefs(definition: { nodes: readonly NodeDefinition[] }): { nodeId: string; ref: string }[] {
  return placedNodes(definition).flatMap(({ node }) =>
    node.type === "model" || node.type === "agent" ? [{ nodeId: node.id, ref: node.model }] : [],
  );
}
