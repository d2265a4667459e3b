import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { simulateAnswer } from "#/lib/tools/simulated-answer.ts";

const call = { tool: "refund_order", signature: "2:a.b" };
const ajv = new Ajv2020({ strict: false, logger: false });
(addFormats as unknown as (instance: Ajv2020) => void)(ajv);

const schemas: JsonObject[] = [
  {},
  { type: "string" },
  { type: "string", minLength: 30 },
  { type: "string", maxLength: 3 },
  { type: "string", minLength: 2, maxLength: 2 },
  { type: "string", maxLength: 0 },
  ...[
    "date-time",
    "date",
    "time",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uuid",
    "uri-reference",
    "json-pointer",
    "regex",
    "duration",
  ].map((format) => ({ type: "string", format })),
  { type: "string", format: "unheard-of" },
  ...[
    "^ref_[a-z0-9]+$",
    "^[A-Z]{3}$",
    "^\\d{4}$",
    "^[0-9a-f]{24}$",
    "^(yes|no|simulated)$",
    "^$",
    "^\\d+\\.\\d{2}$",
    "^ORD-\\d{1,9}$",
  ].map((pattern) => ({ type: "string", pattern })),
  { type: "integer" },
  { type: "integer", minimum: 3 },
  { type: "integer", maximum: -3 },
  { type: "integer", exclusiveMinimum: 3, maximum: 4 },
  { type: "integer", minimum: 10, multipleOf: 7 },
  { type: "integer", minimum: 2.5 },
  { type: "integer", maximum: -2.5 },
  { type: "integer", minimum: -5, maximum: -2 },
  { type: "number" },
  { type: "number", exclusiveMinimum: 0 },
  { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
  { type: "number", exclusiveMaximum: -1 },
  { type: "number", multipleOf: 0.5, minimum: 0.7 },
  { type: "number", minimum: 1e10 },
  { type: "boolean" },
  { type: "null" },
  { type: ["null", "string"] },
  { type: ["integer", "null"], minimum: 4 },
  { const: { a: 1 } },
  { enum: ["b", "c"] },
  { type: "string", default: "d" },
  { type: "string", examples: ["e"] },
  { const: null },
  { type: "array" },
  { type: "array", items: { type: "integer" }, minItems: 3 },
  { type: "array", maxItems: 0 },
  { type: "array", items: { type: "integer" }, minItems: 3, uniqueItems: true },
  { type: "array", items: { enum: ["a", "b", "c"] }, minItems: 3, uniqueItems: true },
  { type: "array", items: { type: "string" }, minItems: 2, uniqueItems: true },
  {
    type: "array",
    items: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
    minItems: 2,
    uniqueItems: true,
  },
  { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false, minItems: 2 },
  { type: "object", required: ["id", "extra"], properties: { id: { type: "string" }, note: { type: "string" } } },
  { type: "object", required: ["a"], properties: { a: { type: "integer", minimum: 1 } }, additionalProperties: false },
  { type: "object", additionalProperties: { type: "integer" }, minProperties: 3 },
  { type: "object", required: ["x"], additionalProperties: { type: "boolean" } },
  { type: "object", properties: { a: {}, b: {}, c: {} }, maxProperties: 2, required: ["c"] },
  { required: ["a"], properties: { a: { minimum: 3 } } },
  { properties: { never: false, always: true } },
  {
    $ref: "#/$defs/a",
    $defs: {
      a: { type: "object", required: ["b"], properties: { b: { $ref: "#/$defs/b~1c" } } },
      "b/c": { type: "integer", minimum: 9 },
    },
  },
  {
    allOf: [
      { type: "object", required: ["a"], properties: { a: { type: "integer", minimum: 1 } } },
      { required: ["b"], properties: { b: { type: "string" }, a: { minimum: 5 } } },
    ],
  },
  {
    allOf: [
      { type: "integer", minimum: 3 },
      { minimum: 8, maximum: 9 },
    ],
  },
  { anyOf: [{ type: "null" }, { type: "integer", minimum: 2 }] },
  { oneOf: [{ type: "string" }, { type: "integer" }] },
  {
    type: "object",
    required: ["kind"],
    oneOf: [{ properties: { kind: { const: "a" } } }, { properties: { kind: { const: "b" } } }],
  },
  {
    $ref: "#/$defs/tree",
    $defs: {
      tree: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string" },
          child: { $ref: "#/$defs/tree" },
          children: { type: "array", items: { $ref: "#/$defs/tree" } },
        },
      },
    },
  },
  {
    type: "object",
    required: ["refundId", "status", "amount", "createdAt"],
    properties: {
      refundId: { type: "string", pattern: "^re_[A-Za-z0-9]+$" },
      status: { enum: ["accepted", "pending"] },
      amount: {
        type: "object",
        required: ["micros", "currency"],
        properties: { micros: { type: "integer", minimum: 0 }, currency: { type: "string", pattern: "^[A-Z]{3}$" } },
      },
      createdAt: { type: "string", format: "date-time" },
    },
    additionalProperties: false,
  },
];

describe("a simulated answer", () => {
  test.each(schemas.map((schema) => [JSON.stringify(schema), schema] as const))("fits %s", (_name, schema) => {
    const answer = simulateAnswer(schema, call);
    const isValid = ajv.compile(schema)(answer);
    expect([answer, isValid]).toEqual([answer, true]);
  });
  test("is the same for the same call, and its ids differ between calls", () => {
    const schema: JsonObject = {
      type: "object",
      properties: { id: { type: "string", format: "uuid" }, other: { type: "string", format: "uuid" } },
    };
    const first = simulateAnswer(schema, call) as { id: string; other: string };
    expect(simulateAnswer(schema, { ...call })).toEqual(first);
    expect(first.id).not.toBe(first.other);
    expect((simulateAnswer(schema, { ...call, signature: "2:a.c" }) as { id: string }).id).not.toBe(first.id);
  });
  test("is a plain marker object without a schema", () => {
    expect(simulateAnswer(null, call)).toEqual({
      dryRun: true,
      simulated: true,
      tool: "refund_order",
      message: "Dry run: refund_order was not called; this answer is simulated.",
    });
  });
  const doubling = Object.fromEntries(
    Array.from({ length: 30 }, (_unused, index) => [
      `d${index}`,
      { anyOf: [{ $ref: `#/$defs/d${index + 1}` }], oneOf: [{ $ref: `#/$defs/d${index + 1}` }] },
    ]),
  );
  const hostile: [string, JsonObject][] = [
    ["doubling along a chain", { $defs: doubling, $ref: "#/$defs/d0" } as JsonObject],
    ["endless reference", { $ref: "#" }],
    ["references in a circle", { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } }],
    [
      "required recursion",
      {
        $ref: "#/$defs/a",
        $defs: {
          a: {
            type: "object",
            required: ["x", "y"],
            properties: { x: { $ref: "#/$defs/a" }, y: { $ref: "#/$defs/a" } },
          },
        },
      },
    ],
    ["circular allOf", { allOf: [{ $ref: "#" }, { $ref: "#" }] }],
    ["huge minItems", { type: "array", minItems: 1e9, items: { type: "array", minItems: 1e9 } }],
    ["huge minLength", { type: "string", minLength: 1e12 }],
    ["huge minProperties", { type: "object", minProperties: 1e12 }],
    ["catastrophic pattern", { type: "string", minLength: 9000, pattern: "^(a+)+$" }],
    ["nested alternatives", { type: "string", pattern: "^(a|aa|a?)*b$" }],
    ["many repetitions", { type: "string", minLength: 100, pattern: "a*a*a*a*a*a*a*a*a*a*b$" }],
    ["not a pattern", { type: "string", pattern: "(" }],
    ["a contradiction", { type: "integer", minimum: 5, maximum: 1 }],
    [
      "wrong types",
      { type: 7, properties: [], required: "a", enum: {}, minimum: "1", items: 3 } as unknown as JsonObject,
    ],
    [
      "prototype names",
      JSON.parse(
        '{"type":"object","required":["__proto__","constructor"],"properties":{"__proto__":{"type":"integer"}}}',
      ) as JsonObject,
    ],
    ["dangling reference", { $ref: "#/$defs/none" }],
    ["remote reference", { $ref: "https://example.com/schema.json" }],
    ["broken pointer", { $ref: "#/%E0%A4%A" }],
  ];
  const wide = Object.fromEntries(Array.from({ length: 5000 }, (_unused, index) => [`p${index}`, { const: "x" }]));
  const tooDear: [string, JsonObject][] = [
    [
      "twenty branches that lead back",
      { $defs: { a: { allOf: Array.from({ length: 20 }, () => ({ $ref: "#/$defs/a" })) } }, $ref: "#/$defs/a" },
    ],
    ["the same at the root", { allOf: Array.from({ length: 20 }, () => ({ $ref: "#" })) }],
    [
      "doubling inside of properties",
      {
        type: "array",
        minItems: 1000,
        items: { allOf: Array.from({ length: 200 }, () => ({ $ref: "#/$defs/w" })) },
        $defs: { w: { properties: wide } },
      },
    ],
    [
      "a large constant in each of many items",
      { type: "array", minItems: 1000, items: { const: "x".repeat(100_000) } },
    ],
    [
      "a long text in each of many items",
      { type: "array", minItems: 1000, items: { type: "string", minLength: 9000 } },
    ],
    [
      "a pattern of many ways in each of many items",
      { type: "array", minItems: 1000, items: { type: "string", pattern: `^${"(a|a)?".repeat(80)}b$` } },
    ],
    ["long pointers", { type: "array", minItems: 1000, items: { $ref: `#${"/a".repeat(10_000)}` } }],
    [
      "names that grow with depth",
      {
        $ref: "#/$defs/n",
        $defs: {
          n: {
            required: ["n".repeat(50_000)],
            additionalProperties: { type: "array", minItems: 1000, items: { $ref: "#/$defs/n" } },
          },
        },
      },
    ],
  ];
  test.each(tooDear)("is the marker object where an instance costs too much: %s", (_name, schema) => {
    expect(simulateAnswer(schema, call)).toMatchObject({ dryRun: true, simulated: true, tool: call.tool });
  });
  test.each(hostile)("ends quickly for a hostile schema: %s", (_name, schema) => {
    const text = JSON.stringify(simulateAnswer(schema as Json, call));
    expect(text.length).toBeLessThan(2_000_000);
    expect(({} as Record<string, unknown>).type).toBe(undefined);
  });
});
