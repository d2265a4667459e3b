import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { fieldFault } from "#/lib/core/errors.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";

/**
 * Whether a provider can be made to answer only what the schema allows, by closing every object. Not when an object is
 * open on purpose (no properties named, or a schema for further ones): closing it would forbid what its author wants.
 */
export function canBeClosed(schema: Json): boolean {
  return everySchema(schema, (node) => {
    if (node.type !== "object") return node.properties === undefined || node.type !== undefined;
    const further = node.additionalProperties;
    return isObject(node.properties) && (further === undefined || further === false);
  });
}

/** Whether the schema already keeps OpenAI's rules for `strict`: every object closed and every property required. */
export function isStrict(schema: Json): boolean {
  return everySchema(schema, (node) => {
    if (node.oneOf !== undefined || node.allOf !== undefined || node.not !== undefined || node.if !== undefined)
      return false;
    if (node.type === undefined && !node.anyOf && !node.enum && node.const === undefined && !node.$ref) return false;
    if (node.type !== "object") return true;
    const names = isObject(node.properties) ? Object.keys(node.properties) : [];
    const required = new Set(Array.isArray(node.required) ? node.required : []);
    return node.additionalProperties === false && names.every((name) => required.has(name));
  });
}

/** For schemas that a provider cannot enforce: the model is asked in words instead. */
export function schemaInstruction(schema: JsonObject): string {
  return `Answer with one JSON value only: no code fence, no words around it. It must be valid against this JSON Schema:\n${JSON.stringify(schema)}`;
}

/**
 * The JSON value of an answer, with its JSON text; a single code fence around it is removed. `fault` says why the
 * answer cannot be accepted, with the path: it is not JSON, or has a number that a double would change.
 */
export function parseStructured(text: string): { text: string; value: Json } | { fault: string } {
  let fault: string | null = null;
  const fenced = insideFence(text.trim());
  for (const candidate of fenced === null ? [text] : [fenced, text]) {
    try {
      return { text: candidate.trim(), value: parseJsonText(candidate, "output") };
    } catch (error) {
      fault ??= fieldFault(error);
    }
  }
  return { fault: fault ?? "not valid JSON" };
}

/** The text inside a code fence (which may say `json`) around the whole text; null without one. In linear time. */
function insideFence(text: string): string | null {
  const begin = text.indexOf("\n");
  const end = text.length - fence.length;
  if (begin === -1 || begin >= end || !text.startsWith(fence) || !text.endsWith(fence)) return null;
  const language = text.slice(fence.length, begin).trim();
  return language === "" || language === "json" ? text.slice(begin, end).trim() : null;
}

const fence = "```";

/** Visits a schema and all schemas inside it. Iterative, because its author decides how deep it is. */
function everySchema(root: Json, holds: (node: JsonObject) => boolean): boolean {
  const open: Json[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isObject(next)) continue;
    if (!holds(next)) return false;
    for (const key of ["items", "not", "if", "then", "else", "additionalProperties"]) open.push(next[key] ?? null);
    for (const key of ["anyOf", "oneOf", "allOf", "prefixItems"]) if (Array.isArray(next[key])) open.push(...next[key]);
    for (const key of ["properties", "$defs", "definitions"])
      if (isObject(next[key])) open.push(...Object.values(next[key]));
  }
  return true;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
