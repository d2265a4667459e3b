import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import { Budget, CelLimit } from "#/lib/expressions/cel-fault.ts";
import { numberAt, numberInstance } from "./number-instance.ts";
import { stringInstance } from "./string-instance.ts";

/** Optional properties are filled to this depth only, so recursive schemas end; required ones go on to `maxDepth`. */
const optionalDepth = 6;
const maxDepth = 32;
/** Caps what a hostile `minItems` or `minLength` may make us build. */
const maxItems = 1000;
/**
 * Limits for one whole instance: branches followed, properties merged, patterns tried (some 50 ms at worst), and
 * characters of its JSON. Otherwise a schema whose branches double at each hop would never end, and servers may send
 * any schema.
 */
const limits = { steps: 60_000, size: 1024 * 1024 };

type Walk = { root: JsonObject; seed: string; budget: Budget };

/**
 * An instance of a JSON Schema (2020-12): const, enum, examples and defaults first, then types with their limits.
 * Deterministic in `seed`. A best effort where a schema is contradictory or uses `not`, `if` or free patterns; null for
 * a schema whose instance would cost more than allowed.
 */
export function instanceOf(schema: JsonObject, seed: string): { value: Json } | null {
  try {
    return { value: build(schema, { root: schema, seed, budget: new Budget(limits) }, 0, "$") };
  } catch (error) {
    if (error instanceof CelLimit) return null;
    throw error;
  }
}

function build(schema: Json | undefined, walk: Walk, depth: number, path: string): Json {
  walk.budget.charge(5 + (path.length >> 2));
  walk.budget.chargeResult(4);
  if (!isRecord(schema) || depth > maxDepth) return null;
  const flat = flatten(schema, walk, 0);
  const given = givenValue(flat);
  if (given !== undefined) return charged(given, walk);
  switch (typeOf(flat)) {
    case "object":
      return buildObject(flat, walk, depth, path);
    case "array":
      return buildArray(flat, walk, depth, path);
    case "string":
      return charged(stringInstance(flat, sha256Hex(`${walk.seed}${path}`), walk.budget), walk);
    case "integer":
      return numberInstance(flat, 1);
    case "number":
      return numberInstance(flat, null);
    case "boolean":
      return true;
    default:
      return null;
  }
}

/** A value that the schema itself names. */
function givenValue(schema: JsonObject): Json | undefined {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0] ?? null;
  if (schema.default !== undefined) return schema.default;
  return Array.isArray(schema.examples) && schema.examples.length > 0 ? (schema.examples[0] ?? null) : undefined;
}

function charged(value: Json, { budget }: Walk): Json {
  const size = typeof value === "string" ? value.length : JSON.stringify(value).length;
  budget.chargeText(size);
  budget.chargeResult(size);
  return value;
}

function isRecord(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Follows local `$ref`s and merges `allOf` and the first branch of `anyOf`/`oneOf` into one schema. */
function flatten(schema: JsonObject, walk: Walk, hops: number): JsonObject {
  if (hops > 16) return schema;
  walk.budget.charge(2 + Object.keys(schema).length);
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const branches = [
    ...(typeof $ref === "string" ? [refTarget($ref, walk)] : []),
    ...(Array.isArray(allOf) ? allOf : []),
    ...(Array.isArray(anyOf) ? [firstUseful(anyOf)] : []),
    ...(Array.isArray(oneOf) ? [firstUseful(oneOf)] : []),
  ];
  return branches
    .filter(isRecord)
    .reduce((merged, branch) => merge(merged, flatten(branch, walk, hops + 1), walk.budget), own as JsonObject);
}

/** The first branch that is not `null`: an answer with a value is more useful. */
function firstUseful(branches: Json[]): Json {
  return branches.find((branch) => isRecord(branch) && branch.type !== "null") ?? branches[0] ?? null;
}

function refTarget(ref: string, { root, budget }: Walk): Json {
  budget.charge(ref.length);
  if (!ref.startsWith("#")) return null;
  let at: Json | undefined = root;
  for (const part of ref.slice(1).split("/").slice(1)) {
    const key = decodePointer(part);
    at = Array.isArray(at) ? at[Number(key)] : isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at ?? null;
}

function decodePointer(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return part;
  }
}

function merge(a: JsonObject, b: JsonObject, budget: Budget): JsonObject {
  budget.charge(sizeOf(a) + sizeOf(b));
  const merged: JsonObject = { ...b, ...a };
  if (isRecord(a.properties) && isRecord(b.properties)) merged.properties = mergeProperties(a.properties, b.properties);
  if (Array.isArray(a.required) && Array.isArray(b.required))
    merged.required = [...new Set([...a.required, ...b.required])];
  for (const [name, pick] of tightest)
    if (typeof a[name] === "number" && typeof b[name] === "number") merged[name] = pick(a[name], b[name]);
  return merged;
}

/** What is copied from a schema when it is merged with another. */
function sizeOf({ properties, required, ...rest }: JsonObject): number {
  const own = Object.keys(rest).length;
  return own + Object.keys(properties ?? {}).length + (Array.isArray(required) ? required.length : 0);
}

const tightest: [string, (a: number, b: number) => number][] = [
  ...["minimum", "exclusiveMinimum", "minLength", "minItems"].map((name): [string, typeof Math.max] => [
    name,
    Math.max,
  ]),
  ...["maximum", "exclusiveMaximum", "maxLength", "maxItems"].map((name): [string, typeof Math.min] => [
    name,
    Math.min,
  ]),
];

function mergeProperties(a: JsonObject, b: JsonObject): JsonObject {
  const merged = { ...b, ...a };
  for (const name of Object.keys(a))
    if (Object.hasOwn(b, name)) merged[name] = { allOf: [a[name] ?? true, b[name] ?? true] };
  return merged;
}

function typeOf(schema: JsonObject): string {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const named = types.find((type) => typeof type === "string" && type !== "null") ?? types[0];
  if (typeof named === "string") return named;
  if (schema.properties !== undefined || schema.required !== undefined) return "object";
  if (schema.items !== undefined || schema.prefixItems !== undefined || schema.minItems !== undefined) return "array";
  if (
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"].some(
      (name) => schema[name] !== undefined,
    )
  )
    return "number";
  return ["minLength", "maxLength", "pattern", "format"].some((name) => schema[name] !== undefined)
    ? "string"
    : "object";
}

function buildObject(schema: JsonObject, walk: Walk, depth: number, path: string): JsonObject {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  walk.budget.charge(sizeOf(schema));
  const required = (Array.isArray(schema.required) ? schema.required : []).filter((name) => typeof name === "string");
  const names = depth < optionalDepth ? [...new Set([...required, ...Object.keys(properties)])] : required;
  const isRequired = new Set<Json>(required);
  const limit =
    typeof schema.maxProperties === "number" ? Math.max(schema.maxProperties, required.length) : names.length;
  const entries = names.slice(0, limit).flatMap((name): [string, Json][] => {
    const child = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
    // `false` allows no value at all; a name without a schema may have any value.
    if (child === false && !isRequired.has(name)) return [];
    walk.budget.chargeResult(name.length + 4);
    return [[name, isRecord(child) ? build(child, walk, depth + 1, `${path}.${name}`) : "simulated"]];
  });
  // Object.fromEntries defines own properties, so a property named __proto__ stays an ordinary one.
  const filled = Object.fromEntries(entries);
  const missing = Math.min(Number(schema.minProperties ?? 0), maxItems);
  let count = Object.keys(filled).length;
  for (let extra = 1; count < missing && extra <= maxItems; extra += 1) {
    if (!Object.hasOwn(filled, `property${extra}`)) count += 1;
    filled[`property${extra}`] = isRecord(schema.additionalProperties)
      ? build(schema.additionalProperties, walk, depth + 1, `${path}.property${extra}`)
      : "simulated";
  }
  return filled;
}

function buildArray(schema: JsonObject, walk: Walk, depth: number, path: string): Json[] {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const wanted = depth < optionalDepth ? Math.max(1, prefix.length) : 0;
  const least = Math.min(numberAt(schema, "minItems") ?? 0, maxItems);
  const most = schema.items === false ? prefix.length : (numberAt(schema, "maxItems") ?? maxItems);
  const count = Math.max(least, Math.min(wanted, most));
  const items = Array.from({ length: count }, (_unused, index) =>
    build(
      prefix[index] ?? (isRecord(schema.items) ? schema.items : { type: "string" }),
      walk,
      depth + 1,
      `${path}[${index}]`,
    ),
  );
  return schema.uniqueItems === true ? distinct(items, schema.items) : items;
}

/** Makes equal neighbours differ where the item type allows it: numbers count up, strings get a number, enums go on. */
function distinct(items: Json[], schema: Json | undefined): Json[] {
  const choices = isRecord(schema) && Array.isArray(schema.enum) ? schema.enum : null;
  const step = isRecord(schema) ? (numberAt(schema, "multipleOf") ?? 1) : 1;
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const text = JSON.stringify(item);
    const varied = !seen.has(text) ? item : choices ? choices[index] : vary(item, index, step);
    if (varied === undefined) return [];
    seen.add(JSON.stringify(varied));
    return [varied];
  });
}

function vary(item: Json, index: number, step: number): Json {
  if (typeof item === "number") return item + index * step;
  if (typeof item === "string") return `${item}-${index + 1}`;
  if (typeof item === "boolean") return !item;
  if (!isRecord(item)) return item;
  const [name] = Object.keys(item);
  return name === undefined ? item : { ...item, [name]: vary(item[name] ?? null, index, step) };
}
