import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { PathPart } from "./definition-document.ts";

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function valueAt(data: unknown, path: readonly PathPart[]): unknown {
  let at = data;
  for (const part of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<PathPart, unknown>)[part];
  }
  return at;
}

/** The nodes of a level that have an id. */
export function nodesIn(level: unknown): { id: string; title: string | null; node: JsonObject }[] {
  if (!Array.isArray(level)) return [];
  return level.filter(isObject).flatMap((node) => {
    if (typeof node.id !== "string") return [];
    return [{ id: node.id, title: typeof node.title === "string" ? node.title : null, node }];
  });
}

/**
 * The schemas that the value at a path must fit, of alternatives those that what is written there may still become: one
 * whose `type` is another than the written one is none. Pure.
 */
export function schemasAt(root: JsonObject, data: unknown, path: readonly PathPart[]): JsonObject[] {
  let open = alternatives(root, root, data);
  path.forEach((part, at) => {
    const value = valueAt(data, path.slice(0, at + 1));
    open = open.flatMap((schema) => inner(schema, part)).flatMap((schema) => alternatives(root, schema, value));
  });
  return open;
}

function inner(schema: JsonObject, part: PathPart): JsonObject[] {
  if (typeof part === "number") return [asObject(schema.items)];
  const properties = asObject(schema.properties);
  if (Object.hasOwn(properties, part)) return [asObject(properties[part])];
  return isObject(schema.additionalProperties) ? [schema.additionalProperties] : [];
}

function alternatives(root: JsonObject, schema: JsonObject, value: unknown): JsonObject[] {
  const resolved = typeof schema.$ref === "string" ? referred(root, schema.$ref) : schema;
  const branches = [resolved.anyOf, resolved.oneOf].flatMap((list): Json[] => (Array.isArray(list) ? list : []));
  if (branches.length === 0) return [resolved];
  return branches
    .filter(isObject)
    .flatMap((branch) => alternatives(root, branch, value))
    .filter((branch) => mayBe(branch, value));
}

/** By the field that tells alternatives apart: `type` of a node. */
function mayBe(branch: JsonObject, value: unknown): boolean {
  const wanted = asObject(asObject(branch.properties).type).const;
  const written = isObject(value) ? value.type : undefined;
  return (
    wanted === undefined ||
    typeof written !== "string" ||
    written === "" ||
    written === wanted ||
    /\uE000/.test(written)
  );
}

function referred(root: JsonObject, pointer: string): JsonObject {
  const parts = pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return asObject(valueAt(root, parts));
}
