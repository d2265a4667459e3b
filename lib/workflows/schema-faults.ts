import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { checkSchema } from "./bounded-schema.ts";
import { maxFaults } from "./definition-source.ts";
import { checkSchema as checkAtOnce } from "./json-schema.ts";
import { type NodeEntry, withInner } from "./placed-entries.ts";
import { schemaCost } from "./schema-cost.ts";

/** The most values that are compiled while a definition is parsed, of all its schemas together. */
const maxValuesInPassing = 600;

/** A definition's unusable JSON Schemas, of those that can be checked at once. */
export function schemaFaults(definition: JsonObject, level: NodeEntry[]): FieldError[] {
  let left = maxValuesInPassing;
  return schemasOf(definition, level).flatMap(([path, schema]) => {
    const cost = schemaCost(schema);
    left -= cost?.values ?? 0;
    return cost === null || left < 0 ? [] : checkAtOnce(schema, path);
  });
}

/** The same for all of its schemas, in turns of the event loop (bounded-schema.ts). */
export async function expensiveSchemaFaults(
  owner: string,
  definition: JsonObject,
  level: NodeEntry[],
): Promise<FieldError[]> {
  const faults: FieldError[] = [];
  for (const [path, schema] of schemasOf(definition, level)) {
    if (faults.length >= maxFaults) break;
    faults.push(...(await checkSchema(owner, schema, path)));
  }
  return faults;
}

function schemasOf(definition: JsonObject, level: NodeEntry[]): [path: string, schema: JsonObject][] {
  const ofNodes = withInner(level).flatMap(({ node, path }): [string, Json | undefined][] =>
    node?.type === "model" || node?.type === "agent" ? [[`${path}.output`, node.output as Json | undefined]] : [],
  );
  const ofTools = Object.entries(objectOr(definition.tools)).flatMap(([name, tool]): [string, Json | undefined][] => {
    const { input, output } = objectOr(tool);
    return [
      [`tools.${name}.input`, input],
      [`tools.${name}.output`, output],
    ];
  });
  const all: [string, Json | undefined][] = [["input", definition.input], ...ofTools, ...ofNodes];
  return all.flatMap(([path, schema]): [string, JsonObject][] =>
    typeof schema === "object" && schema !== null && !Array.isArray(schema) ? [[path, schema]] : [],
  );
}

/** The object, or an empty one where the structure is already wrong. */
export function objectOr(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
