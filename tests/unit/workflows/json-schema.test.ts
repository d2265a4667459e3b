import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { checkSchema, completeJson, validateJson } from "#/lib/workflows/json-schema.ts";

const ticket: JsonObject = {
  type: "object",
  required: ["ticketId"],
  additionalProperties: false,
  properties: {
    ticketId: { type: "string", pattern: "^t-[0-9]+$" },
    count: { type: "integer", minimum: 3 },
    kind: { enum: ["refund", "question"] },
    mail: { type: "string", format: "email" },
    items: {
      type: "array",
      minItems: 1,
      items: { type: "object", required: ["id"], properties: { "a b": { const: 1 } } },
    },
    fixed: { const: "x" },
    half: { multipleOf: 0.5, exclusiveMaximum: 10 },
    short: { maxLength: 3 },
  },
};

describe("validateJson", () => {
  test("gives nothing for a value that fits", () => {
    expect(
      validateJson(ticket, { ticketId: "t-1", count: 3, kind: "refund", mail: "a@b.co", items: [{ id: 1 }] }),
    ).toEqual([]);
  });
  test.each<[Json, string, string]>([
    [{}, "payload.ticketId", "required"],
    ["text", "payload", 'expected object; got "text"'],
    [null, "payload", "expected object; got null"],
    [[1], "payload", "expected object; got an array"],
    [{ ticketId: 5 }, "payload.ticketId", "expected string; got 5"],
    [{ ticketId: "x" }, "payload.ticketId", 'expected text that matches ^t-[0-9]+$; got "x"'],
    [{ ticketId: "t-1", count: 1.5 }, "payload.count", "expected integer; got 1.5"],
    [{ ticketId: "t-1", count: 1 }, "payload.count", "expected a number >= 3; got 1"],
    [{ ticketId: "t-1", kind: "x" }, "payload.kind", 'expected one of "refund", "question"; got "x"'],
    [{ ticketId: "t-1", mail: "x" }, "payload.mail", 'expected the format email; got "x"'],
    [{ ticketId: "t-1", items: [] }, "payload.items", "expected at least 1 items"],
    [{ ticketId: "t-1", items: [{ id: 1 }, {}] }, "payload.items[1].id", "required"],
    [{ ticketId: "t-1", items: [{ id: 1, "a b": 2 }] }, 'payload.items[0]["a b"]', "expected 1; got 2"],
    [{ ticketId: "t-1", fixed: "y" }, "payload.fixed", 'expected "x"; got "y"'],
    [{ ticketId: "t-1", half: 0.3 }, "payload.half", "expected a multiple of 0.5; got 0.3"],
    [{ ticketId: "t-1", half: 10 }, "payload.half", "expected a number < 10; got 10"],
    [{ ticketId: "t-1", short: "four" }, "payload.short", "expected at most 3 characters"],
    [{ ticketId: "t-1", other: 1 }, "payload.other", "unknown field"],
  ])("%j: %s", (value, path, message) =>
    expect(validateJson(ticket, value, "payload")).toContainEqual({ path, message }),
  );

  test("reports all faults, at most 20", () => {
    expect(validateJson(ticket, { count: 1, kind: "x" }, "payload")).toHaveLength(3);
    const many = { type: "array", items: { type: "string" } };
    expect(
      validateJson(
        many,
        Array.from({ length: 1000 }, (_, index) => index),
        "payload",
      ),
    ).toHaveLength(20);
  });
  test("own __proto__ keys are validated as data", () => {
    const schema: JsonObject = { type: "object", additionalProperties: { type: "string" } };
    expect(validateJson(schema, JSON.parse('{"__proto__": 5}') as Json, "payload")).toHaveLength(1);
    expect(validateJson({ required: ["toString"] }, {}, "payload")).toHaveLength(1);
  });
  test("inner references and anyOf work", () => {
    const schema: JsonObject = {
      $defs: { id: { type: "string" } },
      properties: { id: { $ref: "#/$defs/id" } },
      anyOf: [{ required: ["id"] }],
    };
    expect(validateJson(schema, { id: "a" })).toEqual([]);
    expect(validateJson(schema, { id: 1 }, "payload")).toContainEqual({
      path: "payload.id",
      message: "expected string; got 1",
    });
  });
  test("two schemas with different patterns do not share them", () => {
    expect(validateJson({ pattern: "^a$" }, "b")).toHaveLength(1);
    expect(validateJson({ pattern: "^b$" }, "b")).toEqual([]);
    expect(validateJson({ allOf: [{ pattern: "^a" }, { pattern: "b$" }] }, "ac")).toHaveLength(1);
  });
  test("patterns understand \\u escapes and Unicode classes", () => {
    expect(validateJson({ pattern: "^\\u00e9\\p{L}$" }, "éä")).toEqual([]);
  });
});

describe("checkSchema", () => {
  test.each<[JsonObject, string, string]>([
    [{ type: "objekt" }, "input.type", "expected one of"],
    [{ properties: { a: { type: "strin" } } }, "input.properties.a.type", "expected one of"],
    [{ required: "a" }, "input.required", "expected array"],
    [{ minimum: "a" }, "input.minimum", "expected number"],
    [{ items: [{}] }, "input.items", "expected object or boolean"],
    [{ $ref: "https://example.com/x.json" }, "input", "nothing is fetched"],
    [{ $ref: "#/$defs/gone" }, "input", "#/$defs/gone is not inside the schema"],
    [{ $ref: "file:///etc/passwd" }, "input", "nothing is fetched"],
    [{ pattern: "(?=a)b" }, "input", "look-around"],
    [{ pattern: "(a)\\1" }, "input", "back-references"],
    [{ properties: { a: { pattern: "(a" } } }, "input", "pattern"],
    [{ pattern: "a".repeat(600) }, "input", "longer than 512"],
    [{ patternProperties: { "(?<!x)": {} } }, "input", "look-around"],
    [{ $schema: "https://example.com/mine" }, "input.$schema", "expected https://json-schema.org"],
    [{ description: "x".repeat(300_000) }, "input", "larger than 256 KiB"],
  ])("case %# is refused", (schema, path, message) => {
    const [fault] = checkSchema(schema, "input");
    expect(fault?.path).toBe(path);
    expect(fault?.message).toContain(message);
  });
  test.each<JsonObject>([
    {},
    { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" },
    { $schema: "http://json-schema.org/draft-07/schema#", type: "object" },
    { "x-vendor": 1, example: "x", type: "string" },
    { format: "unknown-format" },
    { $id: "https://example.com/a", type: "string" },
    { type: ["string", "null"] },
  ])("%j is accepted", (schema) => expect(checkSchema(schema)).toEqual([]));

  test("a schema's $id is not visible to another schema", () => {
    expect(checkSchema({ $id: "https://tenant-a.example/secret", const: "secret" })).toEqual([]);
    expect(checkSchema({ $ref: "https://tenant-a.example/secret" })).toHaveLength(1);
    expect(checkSchema({ $id: "https://tenant-a.example/secret", type: "number" })).toEqual([]);
  });
});

describe("validation is bounded", () => {
  test("a catastrophic pattern is matched in linear time", () => {
    const faults = validateJson({ pattern: "^(a+)+$" }, `${"a".repeat(100_000)}!`);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message.length).toBeLessThan(200);
  });
  test("a schema that refers to itself and nothing else ends", () => {
    expect(validateJson({ $ref: "#" }, 1, "payload")[0]?.path).toBe("payload");
  });
  test("formats of megabytes of text are refused at once", () => {
    for (const format of ["email", "uri", "date-time", "hostname", "ipv6", "uri-template", "json-pointer", "duration"])
      expect([format, validateJson({ format }, "a".repeat(5_000_000)).length]).toEqual([format, 1]);
  });
  test("the cache keeps a bounded number of schemas and stays right", () => {
    for (let index = 0; index < 520; index++)
      expect(validateJson({ const: index }, index + 1)).toEqual([
        { path: "value", message: `expected ${index}; got ${index + 1}` },
      ]);
  });
});

describe("defaults", () => {
  const text = (value: string) => ({ type: "string", default: value });
  const cases: [string, JsonObject, Json, Json][] = [
    ["a missing property", { properties: { a: text("x") } }, {}, { a: "x" }],
    ["not one that is there", { properties: { a: text("x") } }, { a: "" }, { a: "" }],
    ["not null", { properties: { a: { default: 1 } } }, { a: null }, { a: null }],
    ["a required one", { required: ["a"], properties: { a: text("x") } }, {}, { a: "x" }],
    ["inside an object", { properties: { a: { properties: { b: text("x") } } } }, { a: {} }, { a: { b: "x" } }],
    ["inside a default", { properties: { a: { default: {}, properties: { b: text("x") } } } }, {}, { a: { b: "x" } }],
    ["inside a list", { items: { properties: { b: { default: [] } } } }, [{}, {}], [{ b: [] }, { b: [] }]],
    ["behind a reference", { $defs: { d: { properties: { a: text("x") } } }, $ref: "#/$defs/d" }, {}, { a: "x" }],
    ["in allOf", { allOf: [{ properties: { a: text("x") } }] }, {}, { a: "x" }],
    ["not in anyOf", { anyOf: [{ properties: { a: text("x") } }] }, {}, {}],
    ["not for a value that is no object", { properties: { a: text("x") } }, "", ""],
    ["without a schema of properties", { default: { a: 1 } }, {}, {}],
    [
      "beside own __proto__",
      { properties: { a: text("x") } },
      proto('{"__proto__":{"b":1}}'),
      proto('{"__proto__":{"b":1},"a":"x"}'),
    ],
  ];
  test.each(cases)("%s", (_what, schema, value, expected) => {
    const before = JSON.stringify(value);
    expect(completeJson(schema, value)).toEqual({ value: expected, faults: [] });
    expect(JSON.stringify(value)).toBe(before);
  });

  test("are validated as if they had been sent, and never shared", () => {
    expect(completeJson({ properties: { a: { type: "string", default: 1 } } }, {}, "payload").faults).toMatchObject([
      { path: "payload.a" },
    ]);
    const schema = { properties: { list: { default: [] } } };
    const first = completeJson(schema, {}).value as { list: Json[] };
    first.list.push(1);
    expect(completeJson(schema, {}).value).toEqual({ list: [] });
  });

  test("that never end are refused", () => {
    const endless = { $defs: { n: { properties: { n: { $ref: "#/$defs/n", default: {} } } } }, $ref: "#/$defs/n" };
    expect(completeJson(endless, {}).faults).toHaveLength(1);
  });
});

function proto(text: string): Json {
  return JSON.parse(text) as Json;
}
