import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { readDefinition } from "#/lib/workflows/definition-source.ts";

function faultOf(source: { yaml: string } | { json: Json }): { path: string; message: string } {
  try {
    readDefinition(source);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    expect(error.code).toBe("workflow_invalid");
    expect(error.message.length).toBeLessThan(1000);
    return error.fields?.[0] ?? { path: "", message: "" };
  }
  throw new Error("expected a refusal");
}

describe("YAML", () => {
  test("is YAML 1.2 with the core schema: no Norway problem, no octal surprises, no dates", () => {
    expect(readDefinition({ yaml: "a: no\nb: on\nc: 010\nd: 2026-01-01\ne: 0o10\nf: ~\ng: 1_000" })).toEqual({
      a: "no",
      b: "on",
      c: 10,
      d: "2026-01-01",
      e: 8,
      f: null,
      g: "1_000",
    });
  });
  test("numbers and texts stay what they are, however they are written", () => {
    const yaml = 'a: 0x10\nb: +12\nc: .5\nd: 1.\ne: 012\nf: "9007199254740993"\ng: 1e22\nh: 9007199254740992\ni: -0';
    const value = { a: 16, b: 12, c: 0.5, d: 1, e: 12, f: "9007199254740993", g: 1e22, h: 2 ** 53, i: -0 };
    expect(readDefinition({ yaml })).toEqual(value);
  });
  test("a few anchors may be used; << is no merge key", () => {
    expect(readDefinition({ yaml: "a: &r { n: 1 }\nb: *r" })).toEqual({ a: { n: 1 }, b: { n: 1 } });
    expect(readDefinition({ yaml: "a: &r { n: 1 }\nb: { <<: *r }" })).toEqual({ a: { n: 1 }, b: { "<<": { n: 1 } } });
  });
  test("own __proto__ keys do not change a prototype", () => {
    const value = readDefinition({ yaml: "a: { __proto__: { polluted: true } }" }) as { a: object };
    expect(Object.getPrototypeOf(value.a)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh".split("").map((name, index) => {
      const last = "abcdefgh"[index];
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(",")}]`;
    }),
  ].join("\n");
  test.each<[string, string, string, string]>([
    ["a syntax error", "a: [1", "line 1, column 6", "must"],
    ["duplicate keys", "a: 1\na: 2", "line 2, column 1", "unique"],
    ["duplicate keys deep inside", "a:\n  - b: 1\n    b: 2", "line 3, column 5", "unique"],
    ["an unknown tag", "a: !!js/function x", "line 1, column 4", "tag"],
    ["a custom tag", "a: !secret x", "line 1, column 4", "tag"],
    ["an unknown alias", "a: *b", "", "alias"],
    ["an alias bomb", bomb, "", "alias"],
    ["an alias of itself", "a: &a [*a]", "a[0]", "nested deeper"],
    ["several documents", "---\na: 1\n---\nb: 2", "line 3, column 1", "one YAML document"],
    ["tabs", "nodes:\n\t- a", "line 2, column 1", "Tabs"],
    ["more than 1 MiB", `a: ${"x".repeat(1_100_000)}`, "", "1 MiB"],
    ["deep nesting", "[".repeat(100_000), "", "nested too deeply"],
    ["201 levels", `${"[".repeat(201)}${"]".repeat(201)}`, "[0]", "nested deeper than 200"],
    ["infinity", "a: [.inf]", "a[0]", "number out of range"],
    [
      "a long integer",
      "nodes:\n  - id: a\n    value: { x: 9007199254740993 }",
      "nodes[0].value.x",
      "send it as a text",
    ],
    ["a long integer in JSON", '{"a":[1,-12345678901234567890]}', "a[1]", "send it as a text"],
    ["a long hexadecimal", "a: 0x20000000000001", "a", "send it as a text"],
    ["a long octal", "a: 0o400000000000000001", "a", "send it as a text"],
    ["a long integer as key", "a: { 9007199254740993: x }", "a.9007199254740993", "send it as a text"],
    ["a number beyond a double", "a: 1e400", "a", "out of range"],
    ["NUL", 'a: "x\\0y"', "a", "U+0000"],
    ["a lone surrogate", 'a: "\\ud800"', "a", "surrogates"],
  ])("refuses %s", (_, yaml, path, message) => {
    const fault = faultOf({ yaml });
    expect(fault.path.slice(0, path.length)).toBe(path);
    expect(fault.message).toContain(message);
  });
});

describe("JSON", () => {
  let deep: Json = 1;
  for (let level = 0; level < 100_000; level++) deep = [deep];
  test.each<[string, Json, string]>([
    ["a depth of 100,000", deep, "nested deeper than 200"],
    ["numbers beyond a double", JSON.parse('{"a": 1e400}') as Json, "out of range"],
    ["more than 1 MiB", { a: "x".repeat(1_100_000) }, "1 MiB"],
    ["NUL in a key", { "a\u0000": 1 }, "U+0000"],
  ])("refuses %s", (_, json, message) => expect(faultOf({ json }).message).toContain(message));
  test("the limit is bytes, not characters", () => {
    expect(faultOf({ json: { a: "é".repeat(600_000) } }).message).toContain("1 MiB");
    expect(faultOf({ yaml: `a: ${"é".repeat(600_000)}` }).message).toContain("1 MiB");
  });
});
