import type { Json } from "#/lib/contract/json.ts";
import { NodeDefinition } from "./definition.ts";

/**
 * A node of a definition that may have faults. `node` is null when its structure is at fault; what can be read of its id
 * and needs still counts, so that other nodes are not blamed for it.
 */
export type NodeEntry = {
  path: string;
  id: string | null;
  needs: string[];
  node: NodeDefinition | null;
  /** The variable by which inner nodes see an element; null for any node but a map. */
  as: string | null;
  inner: NodeEntry[];
};

export function placeNodes(nodes: Json | undefined, path = "nodes"): NodeEntry[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.map((raw, index) => placeNode(raw, `${path}[${index}]`));
}

function placeNode(raw: Json, path: string): NodeEntry {
  const fields = typeof raw === "object" && raw !== null && !Array.isArray(raw) ? raw : {};
  const parsed = NodeDefinition.safeParse(raw);
  const { id, needs, as } = fields;
  return {
    path,
    id: typeof id === "string" ? id : null,
    needs: Array.isArray(needs) ? needs.filter((need) => typeof need === "string") : [],
    node: parsed.success ? parsed.data : null,
    as: fields.type === "map" && typeof as === "string" ? as : null,
    inner: fields.type === "map" ? placeNodes(fields.nodes, `${path}.nodes`) : [],
  };
}

/** The entries of a level and of all maps inside it. */
export function withInner(level: readonly NodeEntry[]): NodeEntry[] {
  return level.flatMap((entry) => [entry, ...withInner(entry.inner)]);
}
