import { describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { randomOf } from "#/lib/demo/provider/random.ts";
import { isValid, schemaInstance } from "#/lib/demo/provider/schema-instance.ts";

const schemas: [string, JsonObject][] = [
  ["bounds of a number", { type: "number", exclusiveMinimum: 0, maximum: 1 }],
  ["a multiple", { type: "integer", minimum: 7, maximum: 40, multipleOf: 5 }],
  ["negative bounds", { type: "integer", maximum: -3 }],
  ["a long string", { type: "string", minLength: 300 }],
  ["a short string", { type: "string", maxLength: 5 }],
  ["an enum with null", { enum: ["x", null, 3] }],
  ["a constant", { const: { a: [1] } }],
  ["unique items", { type: "array", minItems: 3, uniqueItems: true, items: { enum: [1, 2, 3] } }],
  [
    "a tuple",
    { type: "array", prefixItems: [{ type: "string" }, { type: "boolean" }], items: false, minItems: 2, maxItems: 2 },
  ],
  ["nullable", { type: ["string", "null"], minLength: 1 }],
  [
    "alternatives",
    { anyOf: [{ type: "null" }, { type: "object", required: ["a"], properties: { a: { type: "integer" } } }] },
  ],
  [
    "all of several",
    {
      allOf: [
        { type: "object", required: ["a"], properties: { a: { type: "string" } } },
        { required: ["b"], properties: { b: { type: "boolean" } } },
      ],
    },
  ],
  [
    "a definition",
    {
      $defs: { id: { type: "string", pattern: "^rf_[a-z0-9]{6,8}$" } },
      type: "object",
      required: ["id"],
      properties: { id: { $ref: "#/$defs/id" } },
    },
  ],
  [
    "recursion",
    {
      $defs: {
        n: {
          type: "object",
          required: ["next"],
          properties: { next: { anyOf: [{ $ref: "#/$defs/n" }, { type: "null" }] } },
        },
      },
      $ref: "#/$defs/n",
    },
  ],
  [
    "no extra fields",
    {
      type: "object",
      additionalProperties: false,
      required: ["x"],
      properties: { x: { type: "integer", minimum: 5 }, y: { type: "string" } },
    },
  ],
  ...["date-time", "date", "time", "email", "uri", "uuid", "hostname", "ipv4", "ipv6", "duration"].map(
    (format): [string, JsonObject] => [`format ${format}`, { type: "string", format }],
  ),
  ...["^[A-Z]{2}-\\d{4}$", "^(low|high)$", "^a.b\\.c?$", "^\\w+@\\w+\\.(com|org)$", "^#[0-9a-f]{6}$"].map(
    (pattern): [string, JsonObject] => [`pattern ${pattern}`, { type: "string", pattern }],
  ),
];

describe("an instance of a schema", () => {
  test.each(schemas)("satisfies %s", (_name, schema) => {
    for (const seed of ["one", "two", "three", "four", "five"]) {
      const value = schemaInstance(schema, {}, randomOf(seed), "A parcel came late and the customer asks for help.");
      expect({ value, isValid: isValid(schema, value) }).toMatchObject({ isValid: true });
    }
  });

  test("takes a hinted value only where it fits", () => {
    const schema: JsonObject = {
      type: "object",
      required: ["a", "b"],
      properties: { a: { enum: ["x", "y"] }, b: { type: "integer", maximum: 10 } },
    };
    const value = schemaInstance(schema, { a: ["nope", "y"], b: [99] }, randomOf("s"), "") as { a: string; b: number };
    expect(value.a).toBe("y");
    expect(value.b).toBeLessThanOrEqual(10);
  });
});
