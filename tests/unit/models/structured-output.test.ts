import { describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { canBeClosed, isStrict, parseStructured } from "#/lib/models/structured-output.ts";

const closed = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
describe("which schemas a provider can enforce", () => {
  const cases: [string, JsonObject, boolean, boolean][] = [
    ["closed, all required", closed, true, true],
    ["optional property", { ...closed, required: [] }, true, false],
    ["open by omission", { type: "object", properties: { a: { type: "string" } }, required: ["a"] }, true, false],
    ["any object", { type: "object" }, false, false],
    ["a map", { type: "object", properties: {}, additionalProperties: { type: "number" } }, false, false],
    ["a map inside", { ...closed, properties: { a: { type: "object" } } }, false, false],
    ["a list of closed objects", { type: "array", items: closed }, true, true],
    ["a choice", { anyOf: [closed, { type: "null" }] }, true, true],
    ["oneOf", { oneOf: [closed] }, true, false],
    ["an enum", { enum: ["a", "b"] }, true, true],
  ];
  test.each(cases)("%s", (_name, schema, closable, strict) => {
    expect([canBeClosed(schema), isStrict(schema)]).toEqual([closable, strict]);
  });
});

test("a schema of many properties is judged in time linear in them", () => {
  const names = Array.from({ length: 100_000 }, (_, index) => `p${index}`);
  const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
  const schema = { type: "object", properties, required: names.toReversed(), additionalProperties: false };
  expect([isStrict(schema), isStrict({ ...schema, required: names.slice(1) })]).toEqual([true, false]);
});

test.each([
  ['{"a":1}', { a: 1 }],
  [' \n{"a":1}\n', { a: 1 }],
  ['```json\n{"a":1}\n```', { a: 1 }],
  ["```\n[1]\n```\n", [1]],
  [" ```json \n\n[1]\n\n ``` ", [1]],
  ['"```\\n```"', "```\n```"],
  ["null", null],
])("JSON answers are read: %j", (text, value) => {
  expect(parseStructured(text)).toMatchObject({ value });
});

test.each(["", "no json", '{"a":', 'Here it is: {"a":1}', "1e400", "[".repeat(5000), "```\n```", "```yaml\n1\n```"])(
  "no JSON: %j",
  (text) => {
    expect(parseStructured(text)).toHaveProperty("fault");
  },
);

test("a number that a double would change is named by its path", () => {
  const fault = "output.orders[1].id: the number 9007199254740993 cannot be kept exactly: send it as a text";
  expect(parseStructured('```json\n{"orders":[{"id":1},{"id":9007199254740993}]}\n```')).toEqual({ fault });
});
