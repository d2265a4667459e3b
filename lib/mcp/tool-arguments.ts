import { z } from "zod";
import { isReadOnly } from "#/lib/api/operation.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { plainSchema } from "./plain-schema.ts";
import type { Tool } from "./tool-list.ts";

/** Where an argument goes in the operation's request. `open` gives parameters without fixed names: `payload.PATH`. */
type Place = In<"params" | "query" | "body" | "open" | "rows"> | { in: "idempotency" };
type In<Where extends string> = Where extends string ? { in: Where; name: string } : never;

/** The arguments of a tool: where each goes, and the schema of them all. */
export type ToolArguments = { places: Map<string, Place>; schema: JsonObject };

const IdempotencyKey = z.string().min(1).max(255).meta({
  description: "The same key and arguments again give the first result, and nothing is done twice",
});

/** What a tool takes, from the schemas of its operation. Throws for two arguments of one name. Pure. */
export function toolArguments(tool: Tool): ToolArguments {
  const { operation } = tool;
  const places = new Map<string, Place>();
  const properties: JsonObject = {};
  const required: string[] = [];
  const add = (name: string, place: Place, schema: JsonObject, isRequired: boolean) => {
    if (places.has(name)) throw new Error(`${tool.name} has two arguments ${name}`);
    places.set(name, place);
    properties[name] = schema;
    if (isRequired) required.push(name);
  };
  const addAll = (where: "params" | "query" | "body" | "rows", schema: z.ZodType | undefined) => {
    if (!schema) return;
    const plain = plainSchema(schema, "input");
    const needed = (plain["required"] ?? []) as string[];
    for (const [name, field] of Object.entries((plain["properties"] ?? {}) as Record<string, JsonObject>))
      if (where === "rows" || !tool.without.includes(name))
        add(tool.names[name] ?? name, { in: where, name }, field, needed.includes(name));
    const open = openFields(plain);
    if (where === "query" && open && !tool.without.includes(open.name))
      add(open.name, { in: "open", name: open.name }, open.schema, false);
  };
  addAll("params", operation.params);
  addAll("query", operation.query);
  addAll("body", operation.body);
  addAll("rows", tool.rows?.query);
  if (operation.method === "POST" && !isReadOnly(operation))
    add("idempotencyKey", { in: "idempotency" }, plainSchema(IdempotencyKey, "input"), false);
  return { places, schema: { type: "object", properties, required, additionalProperties: false } };
}

/** Query parameters without fixed names are one argument, an object of them by what follows their common beginning. */
function openFields(plain: JsonObject): { name: string; schema: JsonObject } | null {
  const open = plain["additionalProperties"];
  if (typeof open !== "object" || open === null || Array.isArray(open)) return null;
  const { title, description, ...of } = open;
  return {
    name: String(title),
    schema: { type: "object", additionalProperties: of, description: `By PATH: ${String(description)}` },
  };
}
