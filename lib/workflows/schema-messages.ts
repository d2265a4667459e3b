import type { ErrorObject } from "ajv/dist/2020.js";
import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";

/**
 * The first faults of a value, `most` of them, as field errors: one per place and rule; `anyOf` and the like only when
 * nothing inside says more.
 */
export function valueFaults(errors: readonly ErrorObject[], value: Json, root: string, most: number): FieldError[] {
  const found = new Map<string, FieldError>();
  for (const error of errors) {
    if (found.size >= most) break;
    if (error.keyword === "if") continue;
    const path = `${root}${readablePath(error.instancePath)}${suffix(error)}`;
    const message = messageOf(error, valueAt(value, error.instancePath));
    found.set(`${path}\n${message}`, { path, message });
  }
  return [...found.values()];
}

/** The first fault of a schema itself (checked against the 2020-12 meta-schema). */
export function schemaFault(errors: readonly ErrorObject[]): FieldError {
  const rank = (error: ErrorObject) => (error.keyword === "anyOf" || error.keyword === "$dynamicRef" ? 1 : 0);
  const [first] = [...errors].sort((a, b) => rank(a) - rank(b));
  if (!first) return { path: "", message: "expected a JSON Schema (2020-12)" };
  return { path: readablePath(first.instancePath), message: messageOf(first, undefined) };
}

/** The JSON pointer `/items/0/id` as `.items[0].id`; a key that is no plain name as `["a b"]`. */
function readablePath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map(pathSegment)
    .join("");
}

/** One step of a path, with its separator in front. */
export function pathSegment(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`;
  const shown = key.length > 80 ? `${key.slice(0, 80)}…` : key;
  return /^[A-Za-z_$][\w$-]*$/.test(key) ? `.${shown}` : `[${JSON.stringify(shown)}]`;
}

type Params = Record<string, unknown>;

function suffix(error: ErrorObject): string {
  const params = error.params as Params;
  const key = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  return typeof key === "string" && error.keyword !== "dependentRequired" && error.keyword !== "dependencies"
    ? pathSegment(key)
    : "";
}

function messageOf(error: ErrorObject, value: Json | undefined): string {
  const params = error.params as Params;
  const got = value === undefined ? "" : `; got ${shownValue(value)}`;
  switch (error.keyword) {
    case "required":
      return "required";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "unknown field";
    case "type":
      return `expected ${[params.type].flat().join(" or ")}${got}`;
    case "enum":
      return `expected one of ${list(params.allowedValues)}${got}`;
    case "const":
      return `expected ${JSON.stringify(params.allowedValue)}${got}`;
    case "format":
      return `expected the format ${String(params.format)}${got}`;
    case "pattern":
      return `expected text that matches ${String(params.pattern)}${got}`;
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return `expected a number ${String(params.comparison)} ${String(params.limit)}${got}`;
    case "multipleOf":
      return `expected a multiple of ${String(params.multipleOf)}${got}`;
    case "minLength":
    case "maxLength":
      return `expected ${error.keyword === "minLength" ? "at least" : "at most"} ${String(params.limit)} characters`;
    case "minItems":
    case "maxItems":
      return `expected ${error.keyword === "minItems" ? "at least" : "at most"} ${String(params.limit)} items`;
    default:
      return `expected a value that ${error.message ?? "fits the schema"}`;
  }
}

function list(values: unknown): string {
  const all = Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : [];
  return all.length > 20 ? `${all.slice(0, 20).join(", ")}, …` : all.join(", ");
}

function shownValue(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  // Of a text only the start is written out: it may have millions of characters, and be at fault many times.
  const text = JSON.stringify(typeof value === "string" ? value.slice(0, 61) : value);
  return text.length > 60 ? `${typeof value} ${text.slice(0, 60)}…` : text;
}

function valueAt(value: Json, pointer: string): Json | undefined {
  let current: Json | undefined = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, Json>)[key];
  }
  return current;
}
