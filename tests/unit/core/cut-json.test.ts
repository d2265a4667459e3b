import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { cutJson } from "#/lib/core/cut-json.ts";

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const anything = {};
const list = (length: number, item: (n: number) => Json) => Array.from({ length }, (_, n) => item(n));
const nested = (depth: number): Json =>
  depth === 0 ? "x".repeat(5000) : { a: nested(depth - 1), b: [nested(depth - 1)] };

describe("what fits is left alone", () => {
  test.each<[string, Json]>([
    ["a text", "hello"],
    ["a list", [1, 2, 3]],
    ["a member of every object", JSON.parse('{"__proto__": 1, "constructor": {"a": null}}') as Json],
  ])("%s", (_what, value) => {
    expect(cutJson(value, anything, 1000)).toEqual({ value, cuts: [] });
  });
});

describe("whatever the value is, what is left of it fits, is of its schema, and says what is missing", () => {
  const run: JsonObject = {
    type: "object",
    properties: {
      id: { type: "string" },
      payload: {},
      output: {},
      attributes: { type: "object", additionalProperties: {} },
      error: {
        anyOf: [{ type: "object", properties: { code: { type: "string" } }, required: ["code"] }, { type: "null" }],
      },
      steps: {
        type: "array",
        items: {
          type: "object",
          properties: {
            key: { type: "string" },
            size: { type: "integer" },
            note: { type: ["string", "null"] },
            value: {},
          },
          required: ["key", "size", "note", "value"],
        },
      },
    },
    required: ["id", "payload", "output", "attributes", "error", "steps"],
  };
  const small = { id: "run_1", payload: 1, output: null, attributes: {}, error: null, steps: [] };
  const step = (n: number) => ({ key: `s${n}`, size: n, note: null, value: { n } });
  const check = new Ajv2020({ strict: false, validateFormats: false }).compile(run);
  test.each<[string, JsonObject, RegExp]>([
    ["a long text", { ...small, payload: "ä".repeat(100_000) }, /^payload: \d+ of 100000 characters/],
    ["characters that JSON escapes", { ...small, payload: "\u0001".repeat(50_000) }, /^payload: \d+ of 50000/],
    ["characters of two units", { ...small, payload: "😀".repeat(50_000) }, /^payload: \d+ of 100000/],
    ["a long list of anything", { ...small, output: list(20_000, (n) => n) }, /^output: \d+ of 20000/],
    ["a long list of named members", { ...small, steps: list(5000, step) }, /^steps: \d+ of 5000/],
    [
      "many names",
      { ...small, attributes: Object.fromEntries(list(9000, (n) => [`k${n}`, n] as never) as never) },
      /^attributes: \d+ of 9000 members/,
    ],
    [
      "many names where anything may be",
      { ...small, payload: { a: Object.fromEntries(list(9000, (n) => [`k${n}`, n] as never) as never) } },
      /^payload.a: \d+ of 9000/,
    ],
    [
      "a tree without long parts",
      { ...small, payload: list(60, () => list(60, () => list(10, (n) => n))) },
      /^payload/,
    ],
    ["a tree of objects", { ...small, payload: nested(7) }, /payload/],
    [
      "two large parts, of which neither hides the other",
      { ...small, payload: "p".repeat(40_000), output: "o".repeat(40_000) },
      /characters/,
    ],
    ["a large error", { ...small, error: { code: "c".repeat(30_000), message: "m".repeat(30_000) } }, /^error/],
    [
      "a large step among small ones",
      { ...small, steps: [step(1), { ...step(2), value: "v".repeat(90_000) }, ...list(20, step)] },
      /^steps\[1\]\.value/,
    ],
  ])("%s", (_what, value, first) => {
    const { value: left, cuts } = cutJson(value, run, 8000);
    expect(bytes(left)).toBeLessThanOrEqual(8000);
    expect({ left, errors: check(left) ? null : check.errors }).toMatchObject({ errors: null });
    expect(cuts[0]).toMatch(first);
    expect(cuts.length).toBeLessThanOrEqual(10);
    expect(left).toMatchObject({ id: "run_1" });
    expect(JSON.stringify(left).isWellFormed()).toBe(true);
  });

  test("what is small beside it stays whole, and the room is used", () => {
    const { value } = cutJson(
      { ...small, payload: "p".repeat(40_000), output: { kept: list(100, (n) => n) } },
      run,
      8000,
    );
    expect(value).toMatchObject({ output: { kept: list(100, (n) => n) } });
    expect(bytes(value)).toBeGreaterThan(7000);
  });
});
