import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** A schema that has more parts than this once its references are replaced is cut off: the rest is anything. */
const mostParts = 5_000;
/** What names a schema, or is reached by references alone. */
const naming = new Set(["$id", "$schema", "$anchor", "$defs", "definitions", "title"]);
/** Whose fields are names of the schema's author, each with a schema. */
const named = new Set(["properties", "patternProperties", "dependentSchemas"]);
const values = new Set(["const", "enum", "default", "examples"]);

/**
 * The schema with each reference within it replaced by what it leads to, and without names: a type of its own is made of each
 * workflow, and two of them may use the same names. Where a reference leads back into itself, it is anything. Pure.
 */
export function withoutReferences(schema: JsonObject): JsonObject {
  let parts = 0;
  const plain = (value: Json, open: readonly string[], areNames = false): Json => {
    // `true` is the schema of anything.
    if (value === true && !areNames) return {};
    if (typeof value !== "object" || value === null) return value;
    if (++parts > mostParts) return {};
    if (Array.isArray(value)) return value.map((item) => plain(item, open));
    const { $ref } = value;
    if (typeof $ref === "string" && !areNames)
      return open.includes($ref) ? {} : plain(at(schema, $ref), [...open, $ref]);
    const kept = Object.entries(value).filter(([key]) => areNames || !naming.has(key));
    const made = Object.fromEntries(kept.map(([key, inner]) => [key, part(key, inner, open, areNames)]));
    const isOpen = made.type === "object" && !["properties", "patternProperties"].some((key) => key in made);
    return isOpen && !areNames ? { additionalProperties: true, ...made } : made;
  };
  const part = (key: string, value: Json, open: readonly string[], areNames: boolean): Json => {
    if (areNames) return plain(value, open);
    if (values.has(key) || (typeof value !== "object" && key !== "items")) return value;
    return plain(value, open, named.has(key));
  };
  return plain(schema, []) as JsonObject;
}

/** What a reference leads to: a JSON pointer below the schema's root (RFC 6901); anything where that is nothing. */
function at(root: JsonObject, pointer: string): Json {
  if (pointer !== "#" && !pointer.startsWith("#/")) return {};
  const names = pointer
    .split("/")
    .slice(1)
    .map((name) => decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~"));
  let value: Json = root;
  for (const name of names) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return {};
    value = (value as JsonObject)[name] ?? {};
  }
  return value;
}
