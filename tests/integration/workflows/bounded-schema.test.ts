import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { checkSchema, completeJson, validateJson } from "#/lib/workflows/bounded-schema.ts";
import { isCheapToValidate, schemaCost } from "#/lib/workflows/schema-cost.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const branch = { required: ["q"], properties: { n: { $ref: "#" } } };
const branching: JsonObject = { anyOf: [branch, branch] };
const nested = (depth: number): Json => (depth === 0 ? {} : { n: nested(depth - 1) });
const wide = (count: number): JsonObject => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { minLength: 1 }])),
});

const long = "a".repeat(5_000_000);
const many = (part: JsonObject): JsonObject => ({ allOf: Array.from({ length: 100 }, () => part) });
/** A schema of `levels` parts, each of which leads to the next one twice: of few values, and of 2^levels checks. */
const doubling = (levels: number, last: JsonObject): JsonObject => ({
  $defs: Object.fromEntries(
    Array.from({ length: levels }, (_, level) => {
      const next = { $ref: `#/$defs/d${level + 1}` };
      return [`d${level}`, level === levels - 1 ? last : { allOf: [next, next] }];
    }),
  ),
  $ref: "#/$defs/d0",
});
const tree: JsonObject = { properties: { name: { type: "string" }, inner: { items: { $ref: "#" } } } };

describe("what a schema may cost on the event loop", () => {
  test.each<[string, JsonObject, boolean]>([
    ["an ordinary one", wide(50), true],
    ["many parts", wide(400), false],
    ["a list of many values", { enum: Array.from({ length: 5000 }, (_, index) => index) }, false],
    ["a harmless pattern", { pattern: "^[a-z]+-[0-9]{1,9}$" }, true],
    ["a pattern that becomes large", { pattern: "[\\p{L}]{1,900}" }, false],
    ["one of nested repetitions", { patternProperties: { "^((\\p{L}{1,30}){1,30}b)*$": {} } }, false],
  ])("compiling: %s", (_what, schema, cheap) => expect(schemaCost(schema) !== null).toBe(cheap));

  test.each<[string, JsonObject, Json, boolean]>([
    ["a small value", wide(50), { p1: "x", p2: "y" }, true],
    ["many values", { items: { type: "string" } }, Array.from({ length: 50_000 }, () => "x"), false],
    ["a long text", { type: "string", maxLength: 9 }, "x".repeat(5_000_000), true],
    ["a long text for a pattern", { pattern: "^(a+)+$" }, "a".repeat(50_000), false],
    ["references, to a deep value", branching, nested(20), false],
    ["references, to a shallow one", branching, nested(2), true],
    ["a long text for many limits of its length", many({ maxLength: 9 }), long, false],
    ["a long text that is compared", many({ const: "x" }), long, true],
    ["a long name, written out for each fault", { additionalProperties: many({ type: "null" }) }, { [long]: 1 }, false],
    ["texts for a format that takes their square", { items: { format: "url" } }, [long.slice(0, 4000)], false],
    ["a short one for it", { items: { format: "url" } }, ["https://example.com/a"], true],
    [
      "many texts for a format",
      { items: { format: "uri" } },
      Array.from({ length: 50 }, () => long.slice(0, 4000)),
      false,
    ],
    ["an address, a time and an id", { items: { anyOf: [{ format: "uri" }, { format: "date-time" }] } }, ["a:b"], true],
    ["references that double, few times", doubling(5, { type: "null" }), 1, true],
    ["references that double, often", doubling(48, { type: "null" }), 1, false],
    ["references that double before a child", doubling(20, { items: { type: "null" } }), [1], false],
    ["references that would double below what there is", { items: doubling(48, {}) }, [], true],
    [
      "a long text for many references",
      { ...many({ $ref: "#/$defs/a" }), $defs: { a: { maxLength: 1 } } },
      long,
      false,
    ],
    ["a reference to a name elsewhere", { $defs: { a: { $anchor: "a" } }, $ref: "#a" }, 1, false],
    ["a part that is itself", many({ $ref: "#" }), 1, false],
    ["a tree", tree, { name: "a", inner: [{ name: "b" }] }, true],
    [
      "defaults in many places",
      { items: { properties: { a: { default: Array.from({ length: 100 }, () => 1), items: many({}) } } } },
      Array.from({ length: 60 }, () => ({})),
      false,
    ],
    ["items compared with each other", { uniqueItems: true }, Array.from({ length: 500 }, (_, i) => ({ i })), false],
  ])("validating: %s", (_what, schema, value, cheap) => {
    const cost = schemaCost(schema);
    expect(cost !== null && isCheapToValidate(cost, value)).toBe(cheap);
  });
});

test("a validation that would never end is ended, the event loop turns meanwhile, and the next is answered", async () => {
  let [endless, other]: FieldError[][] = [];
  const held = await processorMs(async () => {
    [endless, other] = await Promise.all([
      validateJson("ws", branching, nested(60), "payload"),
      validateJson("other", wide(400), { p1: "" }, "payload"),
    ]);
  });
  expect(endless).toEqual([{ path: "payload", message: expect.stringContaining("too expensive") }]);
  expect(other).toHaveLength(1);
  // The thread is ended after a second of its own; the event loop has little to do meanwhile.
  expect(held).toBeLessThan(500);
  expect((await completeJson("ws", { ...wide(400), required: ["a"] }, {})).faults).toMatchObject([{ path: "value.a" }]);
});

test("a thread answers as the event loop does", async () => {
  const large: JsonObject = { ...wide(400), additionalProperties: false };
  expect(await checkSchema("ws", { ...large, type: "objekt" }, "input")).toMatchObject([{ path: "input.type" }]);
  expect(await checkSchema("ws", large)).toEqual([]);
  expect(await validateJson("ws", large, { other: 1 })).toEqual([{ path: "value.other", message: "unknown field" }]);
  const withDefault = { properties: { ...(wide(400).properties as JsonObject), p0: { default: 1 } } };
  const proto = JSON.parse('{"__proto__":{"b":1}}') as Json;
  expect(JSON.stringify((await completeJson("ws", withDefault, proto)).value)).toBe('{"__proto__":{"b":1},"p0":1}');
  await expect(validateJson("ws", { ...large, type: "objekt" }, {})).rejects.toMatchObject({
    code: "workflow_invalid",
  });
});

test("a schema that takes too long to compile is refused, and asked about once", async () => {
  const deep = (depth: number): JsonObject =>
    depth === 0 ? { pattern: "[\\p{L}]{1,900}" } : { anyOf: [deep(depth - 1), deep(depth - 1)] };
  // Patterns of different texts are compiled one by one.
  let left = 0;
  const schema = JSON.parse(
    JSON.stringify(deep(12)).replaceAll("900", () => `${500 + ((left += 1) % 500)}`),
  ) as JsonObject;
  expect(await checkSchema("ws", schema, "input")).toEqual([
    { path: "input", message: expect.stringContaining("too expensive") },
  ]);
  const [again, other] = [structuredClone(schema), { ...schema, title: "unlike" }];
  const first = await Promise.race([
    checkSchema("ws", again).then(() => "known"),
    checkSchema("ws", other).then(() => "anew"),
  ]);
  expect(first).toBe("known");
});

test("one workspace's validations do not fill the way before another's", async () => {
  const done: string[] = [];
  const ask = (owner: string) => validateJson(owner, wide(400), { p1: "" }).then(() => done.push(owner));
  const asked = [...Array.from({ length: 8 }, () => ask("many")), ask("few")];
  await Promise.all(asked);
  expect(done.indexOf("few")).toBeLessThan(4);
});

test("a schema that another workspace asks about too is judged in one's own turn", async () => {
  const done: string[] = [];
  const ask = (owner: string, title: string) =>
    checkSchema(owner, { ...wide(400), title }).then(() => done.push(`${owner} ${title}`));
  const titles = Array.from({ length: 8 }, (_, index) => `own ${index}`);
  await Promise.all([...[...titles, "common"].map((title) => ask("all", title)), ask("one", "common")]);
  expect(done.indexOf("one common")).toBeLessThan(4);
});
