import type { NodeDefinition } from "./definition.ts";

/** A node with its path in the definition (`nodes[3].nodes[0]`) and the map node that holds it. */
export type PlacedNode = { node: NodeDefinition; path: string; inside: string | null };

/** Every node of a version, those inside maps included, in the author's order. */
export function placedNodes(definition: { nodes: readonly NodeDefinition[] }): PlacedNode[] {
  return placed(definition.nodes, "nodes", null);
}

function placed(nodes: readonly NodeDefinition[], path: string, inside: string | null): PlacedNode[] {
  return nodes.flatMap((node, index) => {
    const at = `${path}[${index}]`;
    const inner = node.type === "map" ? placed(node.nodes, `${at}.nodes`, node.id) : [];
    return [{ node, path: at, inside }, ...inner];
  });
}
