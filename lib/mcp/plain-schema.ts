import { z } from "zod";
import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** Of an answer's field. */
const mostWords = 20;

/**
 * A zod schema as JSON Schema 2020-12 that stands on its own: many clients of models follow no references. Bounds that only
 * say "a safe integer" are left out, and so are examples: every tool's schema is shown to a model. Pure.
 */
export function plainSchema(schema: z.ZodType, io: "input" | "output"): JsonObject {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
      delete jsonSchema.examples;
      delete jsonSchema["example"];
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (io === "input") return;
      // Answers may gain fields, as OpenAPI says too; and lists as long as that of the error codes gain words.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if ((jsonSchema.enum?.length ?? 0) > mostWords) delete jsonSchema.enum;
    },
  }) as JsonObject;
  const { $schema: _, $defs, ...root } = made;
  return withoutReferences(root, ($defs ?? {}) as JsonObject) as JsonObject;
}

/** No schema of ours contains itself. */
function withoutReferences(value: Json, definitions: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, definitions));
  if (typeof value !== "object" || value === null) return value;
  const { $ref, ...rest } = value;
  const known = typeof $ref === "string" ? (definitions[$ref.replace("#/$defs/", "")] as JsonObject) : {};
  const whole = { ...known, ...(typeof $ref === "string" ? rest : value) };
  return Object.fromEntries(
    Object.entries(whole).map(([key, member]) => [key, withoutReferences(member, definitions)]),
  );
}
