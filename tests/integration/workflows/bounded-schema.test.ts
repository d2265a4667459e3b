import { monitorEventLoopDelay } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { checkSchema, completeJson, validateJson } from "#/lib/workflows/bounded-schema.ts";
import { isCheapToValidate, schemaCost } from "#/lib/workflows/schema-cost.ts";

const branch = { required: ["q"], properties: { n: { $ref: "#" } } };
const branching: JsonObject = { anyOf: [branch, branch] };
const nested = (depth: number): Json => (depth === 0 ? {} : { n: nested(depth - 1) });
const wide = (count: number): JsonObject => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { minLength: 1 }])),
});

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
    ["items compared with each other", { uniqueItems: true }, Array.from({ length: 500 }, (_, i) => ({ i })), false],
  ])("validating: %s", (_what, schema, value, cheap) => {
    const cost = schemaCost(schema);
    expect(cost !== null && isCheapToValidate(cost, value)).toBe(cheap);
  });
});

test("a validation that would never end is ended, the event loop turns meanwhile, and the next is answered", async () => {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const asked = performance.now();
  const [endless, other] = await Promise.all([
    validateJson("ws", branching, nested(60), "payload"),
    validateJson("other", wide(400), { p1: "" }, "payload"),
  ]);
  loop.disable();
  expect(endless).toEqual([{ path: "payload", message: expect.stringContaining("too expensive") }]);
  expect(other).toHaveLength(1);
  // A loop that was held would have turned once for all of the time.
  expect(loop.max / 1e6).toBeLessThan((performance.now() - asked) / 2);
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
