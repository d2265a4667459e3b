import { stringify } from "yaml";
import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** The order in which people write a node's keys; other keys follow in their own order. */
const nodeKeys = ["id", "title", "type", "needs", "when"];

/** A version's definition as YAML that can be pushed again: the same content, nodes starting with id and type. Pure. */
export function definitionYaml(definition: JsonObject): string {
  return stringify(withNodesOrdered(definition), { lineWidth: 0, aliasDuplicateObjects: false });
}

function withNodesOrdered(level: JsonObject): JsonObject {
  const { nodes } = level;
  if (!Array.isArray(nodes)) return level;
  return { ...level, nodes: nodes.map((node) => (isObject(node) ? withNodesOrdered(idFirst(node)) : node)) };
}

function idFirst(node: JsonObject): JsonObject {
  const known = nodeKeys.filter((key) => Object.hasOwn(node, key)).map((key) => [key, node[key] ?? null] as const);
  return Object.fromEntries([...known, ...Object.entries(node).filter(([key]) => !nodeKeys.includes(key))]);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
