import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { checkSchema } from "./json-schema.ts";
import { type NodeEntry, withInner } from "./placed-entries.ts";

/** Every JSON Schema of a definition that cannot be used. */
export function schemaFaults(definition: JsonObject, level: NodeEntry[]): FieldError[] {
  const ofNodes = withInner(level).flatMap(({ node, path }) =>
    node?.type === "model" || node?.type === "agent" ? faultsOf(node.output, `${path}.output`) : [],
  );
  const ofTools = Object.entries(objectOr(definition.tools)).flatMap(([name, tool]) => {
    const { input, output } = objectOr(tool);
    return [...faultsOf(input, `tools.${name}.input`), ...faultsOf(output, `tools.${name}.output`)];
  });
  return [...faultsOf(definition.input, "input"), ...ofTools, ...ofNodes];
}

function faultsOf(schema: Json | undefined, path: string): FieldError[] {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return [];
  return checkSchema(schema, path);
}

/** The object, or an empty one where the structure is at fault already. */
export function objectOr(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
