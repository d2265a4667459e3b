import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { WorkflowDefinition } from "./definition.ts";
import { addressFaults } from "./address-faults.ts";
import { type DefinitionSource, invalidDefinition, maxFaults, readDefinition } from "./definition-source.ts";
import { graphFaults } from "./graph-faults.ts";
import { placeNodes } from "./placed-entries.ts";
import { referenceFaults } from "./reference-faults.ts";
import { schemaFaults } from "./schema-faults.ts";
import { structureFaults } from "./structure-messages.ts";

/**
 * Reads and checks a workflow definition. Throws `workflow_invalid` with all faults at once, each with its path
 * (`nodes[2].http.method`) and what is expected. Whether pinned prompt revisions, models and sub-workflows exist
 * depends on the workspace and is checked elsewhere; schemas that may take long are left to `checkDefinition`
 * (bounded-definition.ts), which is also how tenants' definitions come here.
 */
export function parseDefinition(source: DefinitionSource): WorkflowDefinition {
  const value = readDefinition(source);
  const parsed = WorkflowDefinition.safeParse(value);
  const structural = parsed.success ? [] : structureFaults(parsed.error.issues, value);
  const faults = [...structural, ...semanticFaults(value)];
  if (parsed.success && faults.length === 0) return parsed.data;
  throw invalidDefinition(distinct(faults).slice(0, maxFaults));
}

/** What can be checked of the parts that are well-formed, even when others are not. */
function semanticFaults(value: Json): FieldError[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const definition: JsonObject = value;
  const level = placeNodes(definition.nodes);
  return [
    ...graphFaults(level),
    ...referenceFaults(definition, level),
    ...addressFaults(definition, level),
    ...schemaFaults(definition, level),
  ];
}

/** A fault of the structure may be found again by a later check; the first message stays. */
function distinct(faults: FieldError[]): FieldError[] {
  const seen = new Set<string>();
  return faults.filter(({ path, message }) => {
    const key = `${path}\n${message}`;
    return !seen.has(key) && seen.add(key);
  });
}
