import { compile } from "json-schema-to-typescript-lite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { repository } from "#/lib/launcher/paths.ts";

type Direction = "input" | "output";
type Schema = {
  [key: string]: unknown;
  $ref?: unknown;
  enum?: unknown;
  title?: unknown;
  additionalProperties?: unknown;
};

/** Written for other readers; here they are the types of lib/contract/json.ts. */
const jsonTypes: Record<string, string> = { JsonValue: "Json", JsonObject: "JsonObject" };
/** What no interface can say: any field whose name begins with `payload.`. */
const payloadFields = "PayloadFields";

/**
 * Every schema of the contract as a TypeScript declaration of its export's name, with the descriptions as comments: what
 * `z.infer` gives (`output`), or `z.input`. So whoever installs the SDK needs no zod, and reads a type instead of a derivation.
 */
export async function schemaDeclarations(direction: Direction): Promise<string> {
  await nameSchemasAsExported();
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: direction,
    uri: (id) => id,
    unrepresentable: "any",
  }) as { schemas: Record<string, Schema> };
  const parts = [`import type { Json, JsonObject } from "./json.js";`];
  for (const [name, schema] of Object.entries(schemas)) {
    if (Object.hasOwn(jsonTypes, name)) continue;
    const { $schema: _, $id: __, id: ___, ...own } = schema;
    const text = await compile(prepared(own, schemas) as object, name, {
      additionalProperties: false,
      ignoreMinAndMaxItems: true,
      unknownAny: true,
    });
    parts.push(text.replaceAll(`[k: string]: ${payloadFields}`, "[name: `payload.${string}`]: string"));
  }
  return `${parts.join("\n")}\n`;
}

/**
 * Gives every exported schema the name of its export, which is the name of its type. This changes zod's own registry, from which the
 * API's description is made too: it must be done in a process that serves nothing.
 */
async function nameSchemasAsExported(): Promise<void> {
  const folder = join(repository, "lib/contract");
  for (const file of readdirSync(folder)) {
    const exports = (await import(join(folder, file))) as Record<string, unknown>;
    for (const [name, value] of Object.entries(exports)) {
      if (!(value instanceof z.ZodType) || !/^[A-Z]/.test(name)) continue;
      const meta = z.globalRegistry.get(value) ?? {};
      z.globalRegistry.remove(value);
      z.globalRegistry.add(value, { ...meta, id: name });
    }
  }
}

/** The schema as the compiler of declarations understands it; references become names, so that each type is declared once. */
function prepared(value: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((inner) => prepared(inner, schemas));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, propertyNames, ...rest } = value as Schema;
  if (typeof $ref === "string")
    return { tsType: jsonTypes[$ref] ?? $ref, ...("description" in rest ? { description: rest.description } : {}) };
  if (isPayloadText(rest.additionalProperties)) rest.additionalProperties = { tsType: payloadFields };
  const names = namesOf(propertyNames as Schema | undefined, schemas);
  if (names) {
    const { additionalProperties: each, ...others } = rest;
    const properties = Object.fromEntries(names.map((name) => [name, each]));
    return prepared({ ...others, properties, required: names }, schemas);
  }
  return Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, prepared(inner, schemas)]));
}

/** The names that a record's fields are restricted to, all of which it has; null for any names. */
function namesOf(schema: Schema | undefined, schemas: Record<string, Schema>): string[] | null {
  const own = typeof schema?.$ref === "string" ? schemas[schema.$ref] : schema;
  return Array.isArray(own?.enum) ? (own.enum as string[]) : null;
}

function isPayloadText(schema: unknown): boolean {
  return (schema as Schema | null | undefined)?.title === "payload";
}

/** What TypeScript emitted for a module of the contract, reduced to its types; schemas come from the declarations above. */
export function typesOfContract(text: string): string {
  const statements = text.split(/^(?=\/\*\*|import |export |declare )/m);
  const joined: string[] = [];
  for (const statement of statements)
    if (joined.at(-1)?.trimEnd().endsWith("*/")) joined.push(joined.pop() + statement);
    else joined.push(statement);
  const types = joined
    .filter((statement) => /^(\/\*\*[^]*?\*\/\n)?(export type |import |export \{\})/.test(statement))
    .filter((statement) => !/from "zod"/.test(statement))
    .join("")
    .replaceAll(/z\.infer<typeof (\w+)>/g, "outputs.$1")
    .replaceAll(/z\.input<typeof (\w+)>/g, "inputs.$1");
  const left = /\bz\.\S*/.exec(types)?.[0];
  if (left) throw new Error(`a type of the contract is derived by ${left}, which lib/packaging does not know`);
  const from = (name: string, file: string) =>
    types.includes(`${name}.`) ? `import type * as ${name} from "./${file}.js";\n` : "";
  return from("outputs", "schemas") + from("inputs", "schema-inputs") + types;
}
