import { compile } from "json-schema-to-typescript-lite";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { outputSchema } from "./output-schema.ts";
import { withoutReferences } from "./plain-schema.ts";

export type TypedWorkflow = { slug: string; version: number; definition: JsonObject };

const header = "// Written by `reprise workflows types`. Changes are lost when it is run again.\n";

/** The source of a declaration file with a type for each workflow, for the SDK: `runs.retrieve<SupportRefund>(id)`. */
export async function workflowTypes(workflows: TypedWorkflow[]): Promise<string> {
  const taken = new Set<string>();
  const parts = [header];
  for (const { slug, version, definition } of workflows) {
    const name = freeName(slug, taken);
    const payload = await declaration(`${name}Payload`, inputSchema(definition));
    const output = await declaration(`${name}Output`, outputSchema(definition));
    parts.push(`/** Workflow ${slug}, version ${version}. */
export type ${name} = { slug: ${JSON.stringify(slug)}; payload: ${name}Payload; output: ${name}Output };
${payload}${output}`);
  }
  return parts.join("\n");
}

/** `support-refund` → `SupportRefund`; numbered where the name, or one made from it, is another's. */
function freeName(slug: string, taken: Set<string>): string {
  const words = slug.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  const plain = words.join("").replace(/^(?=\d)/, "Workflow");
  for (let n = 1; ; n++) {
    const name = n === 1 ? plain : `${plain}_${n}`;
    const all = [name, `${name}Payload`, `${name}Output`];
    if (all.some((each) => taken.has(each))) continue;
    for (const each of all) taken.add(each);
    return name;
  }
}

/** A payload may be anything where no schema says otherwise, and may leave out what has a default. */
function inputSchema({ input }: JsonObject): JsonObject {
  const isSchema = typeof input === "object" && input !== null && !Array.isArray(input);
  return isSchema ? (withOptionalDefaults(withoutReferences(input)) as JsonObject) : {};
}

function withOptionalDefaults(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withOptionalDefaults);
  const { required, properties } = value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withOptionalDefaults(part)]));
  if (!Array.isArray(required) || typeof properties !== "object" || properties === null) return inner;
  const hasDefault = (name: Json) =>
    typeof name === "string" && (properties as Record<string, JsonObject>)[name]?.default !== undefined;
  return { ...inner, required: required.filter((name) => !hasDefault(name)) };
}

async function declaration(name: string, schema: JsonObject): Promise<string> {
  if (Object.keys(schema).length === 0) return `export type ${name} = unknown\n`;
  return compile(schema as object, name, {
    additionalProperties: false,
    ignoreMinAndMaxItems: !hasTuples(schema),
    unknownAny: true,
    // Nothing outside of a schema is ever read.
    $refOptions: { resolve: { external: false } },
  });
}

/** Only a literal list of a definition's output has items one by one. */
function hasTuples(schema: Json): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  const { items } = schema as JsonObject;
  return Array.isArray(items) || Object.values(schema).some(hasTuples);
}
