import { z } from "zod";
import type { JsonObject } from "#/lib/contract/json.ts";
import { WorkflowDefinition } from "./definition.ts";

let schema: JsonObject | undefined;

/**
 * The JSON Schema (2020-12) of a definition as it is written, for editors: made from the schema that reads it, so it knows
 * the same fields. What refers to something else in the definition is not in it.
 */
export function definitionSchema(): JsonObject {
  schema ??= z.toJSONSchema(WorkflowDefinition, { io: "input", unrepresentable: "any" }) as JsonObject;
  return schema;
}
