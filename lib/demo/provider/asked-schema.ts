import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, isObject } from "./ask.ts";

const inWords = /[^\n]*\bJSON Schema:?\s*(\{[\s\S]*\})\s*$/i;

/**
 * The same ask with the schema that its answer must really satisfy: clients move limits that Anthropic's structured
 * output does not take into descriptions (`{minimum: 3}`), or ask for a schema in the last words of the prompt.
 */
export function withAskedSchema(ask: Ask): Ask {
  if (ask.schema) return { ...ask, schema: restored(ask.schema) as JsonObject };
  const words = inWords.exec(ask.instructions);
  const schema = words?.[1] === undefined ? null : parsed(words[1]);
  return isObject(schema) ? { ...ask, schema, instructions: ask.instructions.slice(0, words?.index).trim() } : ask;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function restored(schema: Json, depth = 0): Json {
  if (depth > 64) return schema;
  if (Array.isArray(schema)) return schema.map((item) => restored(item, depth + 1));
  if (!isObject(schema)) return schema;
  const own = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, restored(value, depth + 1)]));
  return typeof schema.description === "string" ? { ...statedLimits(schema.description), ...own } : own;
}

/** `{minLength: 2, pattern: "^a"}` at the end of a description, as an object. */
function statedLimits(description: string): JsonObject {
  const stated = /(?:^|\n)\{(\w+: [^\n]*)\}$/.exec(description)?.[1];
  if (stated === undefined) return {};
  const limits: JsonObject = {};
  let open = "";
  for (const part of stated.split(/, (?=\w+: )/)) {
    open = open === "" ? part : `${open}, ${part}`;
    const value = parsed(open.slice(open.indexOf(": ") + 2));
    if (value === undefined) continue;
    limits[open.slice(0, open.indexOf(": "))] = value;
    open = "";
  }
  return limits;
}
