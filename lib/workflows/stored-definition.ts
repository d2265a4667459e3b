import type { JsonObject } from "#/lib/contract/json.ts";
import type { WorkflowDefinition } from "./definition.ts";

/**
 * The definition in a version's column, or in the API's view of it. Nothing but what `parseDefinition` gave back is ever
 * inserted (push-version.ts), and versions are immutable: so it is one, and is not parsed again.
 */
export function storedDefinition(json: JsonObject): WorkflowDefinition {
  return json as unknown as WorkflowDefinition;
}

/** A parsed definition as plain data. */
export function definitionJson(definition: WorkflowDefinition): JsonObject {
  return definition as unknown as JsonObject;
}
