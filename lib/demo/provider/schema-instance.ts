import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { isObject } from "./ask.ts";
import { patternSample } from "./pattern-sample.ts";
import type { Random } from "./random.ts";

/** Values to prefer where a property of that name accepts them, best first. */
export type Hints = Record<string, Json[]>;

type Draw = { root: JsonObject; hints: Hints; random: Random; sentence: string };

const deepest = 6;

/**
 * A value that satisfies the JSON schema (2020-12), as a model with structured output gives: hinted values where they
 * fit, else values drawn from `random`; free strings are taken from `sentence`.
 */
export function schemaInstance(schema: JsonObject, hints: Hints, random: Random, sentence: string): Json {
  return draw({ root: schema, hints, random, sentence }, schema, null, 0);
}

type Validator = (value: Json) => boolean;
const mostValidators = 500;
const validators = new Map<string, Validator>();

/** Whether the value satisfies the schema. An unusable schema accepts nothing. */
export function isValid(schema: Json, value: Json): boolean {
  const key = JSON.stringify(schema);
  const known = validators.get(key) ?? compiled(schema);
  if (validators.size >= mostValidators) validators.clear();
  validators.set(key, known);
  return known(value);
}

/** Each schema has its own compiler: schemas of different requests may bear the same `$id`. */
function compiled(schema: Json): Validator {
  try {
    const ajv = new Ajv2020({ strict: false, logger: false });
    addFormats.default(ajv);
    const validate = ajv.compile(schema as JsonObject);
    return (value) => validate(value);
  } catch {
    return () => false;
  }
}

function draw(by: Draw, schema: Json, name: string | null, depth: number): Json {
  if (!isObject(schema) || depth > 4 * deepest) return null;
  const hint = name === null ? undefined : by.hints[name]?.find((value) => accepts(by, schema, value));
  if (hint !== undefined) return hint;
  if (typeof schema.$ref === "string") return draw(by, resolve(by.root, schema.$ref), name, depth + 1);
  if ("const" in schema) return schema.const as Json;
  if (Array.isArray(schema.enum)) return by.random.pick(schema.enum);
  if (Array.isArray(schema.allOf)) return draw(by, merged(by, schema, schema.allOf), name, depth + 1);
  const options = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : null;
  if (options) return draw(by, chosen(options, depth), name, depth + 1);
  return drawTyped(by, schema, name, depth);
}

function accepts(by: Draw, schema: JsonObject, value: Json): boolean {
  return isValid({ ...schema, ...(by.root.$defs ? { $defs: by.root.$defs } : {}) }, value);
}

function resolve(root: JsonObject, ref: string): Json {
  let at: Json | undefined = root;
  for (const part of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at ?? {};
}

function merged(by: Draw, schema: JsonObject, parts: Json[]): JsonObject {
  const { allOf: _, ...own } = schema;
  let all: JsonObject = own;
  for (const part of parts) {
    const next = isObject(part) && typeof part.$ref === "string" ? resolve(by.root, part.$ref) : part;
    if (!isObject(next)) continue;
    all = {
      ...all,
      ...next,
      properties: { ...(all.properties as JsonObject), ...(next.properties as JsonObject) },
      required: [...((all.required ?? []) as string[]), ...((next.required ?? []) as string[])],
    };
  }
  return all;
}

/** The first option that is more than null, as models answer; deep down null ends a recursive schema. */
function chosen(options: Json[], depth: number): Json {
  const isNull = (option: Json) => isObject(option) && option.type === "null";
  const ending = depth >= deepest ? options.find(isNull) : undefined;
  return ending ?? options.find((option) => !isNull(option)) ?? {};
}

function typeOf(schema: JsonObject): string {
  const { type } = schema;
  if (Array.isArray(type)) return String(type.find((one) => one !== "null") ?? "null");
  if (typeof type === "string") return type;
  if (schema.properties) return "object";
  return schema.items || schema.prefixItems ? "array" : "string";
}

function drawTyped(by: Draw, schema: JsonObject, name: string | null, depth: number): Json {
  switch (typeOf(schema)) {
    case "object":
      return drawObject(by, schema, depth);
    case "array":
      return drawArray(by, schema, name, depth);
    case "integer":
      return drawNumber(by, schema, 1);
    case "number":
      return drawNumber(by, schema, 0.01);
    case "boolean":
      return by.random.next() < 0.5;
    case "null":
      return null;
    default:
      return drawString(by, schema, name);
  }
}

function drawObject(by: Draw, schema: JsonObject, depth: number): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = depth >= deepest ? required : [...new Set([...Object.keys(properties), ...required])];
  return Object.fromEntries(names.map((name) => [name, draw(by, properties[name] ?? {}, name, depth + 1)]));
}

function drawArray(by: Draw, schema: JsonObject, name: string | null, depth: number): Json[] {
  const prefix = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const low = Number(schema.minItems ?? 0);
  const high = Number(schema.maxItems ?? Math.max(low, prefix.length, 3));
  const wanted = depth >= deepest ? low : Math.min(high, Math.max(low, prefix.length, by.random.int(1, 3)));
  const items: Json[] = [];
  // A few extra draws let unique items come together; a list of two-valued items cannot grow for ever.
  for (let tries = 0; items.length < wanted && tries < wanted * 20; tries += 1) {
    const item = draw(by, prefix[items.length] ?? schema.items ?? {}, name, depth + 1);
    const isDouble =
      schema.uniqueItems === true && items.some((other) => JSON.stringify(other) === JSON.stringify(item));
    if (!isDouble) items.push(item);
  }
  return items;
}

function drawNumber(by: Draw, schema: JsonObject, unit: number): number {
  const step = typeof schema.multipleOf === "number" ? schema.multipleOf : unit;
  const bound = (key: string, other: string, sign: 1 | -1) =>
    typeof schema[key] === "number"
      ? schema[key]
      : typeof schema[other] === "number"
        ? schema[other] + sign * step
        : null;
  const stated = { low: bound("minimum", "exclusiveMinimum", 1), high: bound("maximum", "exclusiveMaximum", -1) };
  const low = stated.low ?? Math.min(0, stated.high ?? 0);
  const high = stated.high ?? low + 100 * Math.max(1, step);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.max(first, Math.floor(high / step + 1e-9));
  return Number((by.random.int(first, last) * step).toFixed(10));
}

const formats: Record<string, (random: Random) => string> = {
  "date-time": (random) => `2026-11-${day(random)}T0${random.int(6, 9)}:${random.int(10, 59)}:00Z`,
  date: (random) => `2026-11-${day(random)}`,
  time: (random) => `0${random.int(6, 9)}:${random.int(10, 59)}:00Z`,
  email: (random) => `${random.pick(["support", "orders", "care"])}@example.com`,
  uri: (random) => `https://example.com/cases/${random.int(100, 999)}`,
  url: (random) => `https://example.com/cases/${random.int(100, 999)}`,
  uuid: (random) => `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 12)}`,
  hostname: () => "desk.example.com",
  ipv4: (random) => `192.0.2.${random.int(1, 254)}`,
  ipv6: (random) => `2001:db8::${random.int(1, 9999)}`,
  duration: (random) => `P${random.int(1, 9)}D`,
};

const day = (random: Random) => String(random.int(1, 28)).padStart(2, "0");
const hex = (random: Random, length: number) => Array.from({ length }, () => random.int(0, 15).toString(16)).join("");

function drawString(by: Draw, schema: JsonObject, name: string | null): string {
  const format = typeof schema.format === "string" ? formats[schema.format] : undefined;
  if (format) return format(by.random);
  const sample = typeof schema.pattern === "string" ? patternSample(schema.pattern, by.random) : null;
  if (sample !== null) return sample;
  const isShort = /(name|title|label|category|tag|id|code|key|status|topic)s?$/i.test(name ?? "");
  let text = isShort ? by.sentence.split(" ").slice(0, 4).join(" ") : by.sentence;
  const low = Number(schema.minLength ?? 0);
  while ([...text].length < low) text += text === "" ? "answer " : ` ${by.sentence || "answer"}`;
  return typeof schema.maxLength === "number" ? [...text].slice(0, schema.maxLength).join("") : text;
}
