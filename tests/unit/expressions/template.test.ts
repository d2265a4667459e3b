import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { compileTemplate, renderText, renderValue } from "#/lib/expressions/expression.ts";

const scope = { trigger: { n: 3, d: 2.5, s: "héllo", z: null, yes: true, list: [1, { a: 2 }] }, nodes: {} };

describe("renderValue", () => {
  test.each<[Json, Json]>([
    ["{{ trigger.n }}", 3],
    ["{{trigger.list}}", [1, { a: 2 }]],
    ["{{ trigger.z }}", null],
    ["{{ trigger.yes }}", true],
    [" {{ trigger.n }}", " 3"],
    ["{{ trigger.n }}{{ trigger.n }}", "33"],
    ["n={{trigger.n}} l={{trigger.list}} s={{trigger.s}} z={{trigger.z}}", 'n=3 l=[1,{"a":2}] s=héllo z=null'],
    ["no template", "no template"],
    ["", ""],
    ["a }} b { c }", "a }} b { c }"],
    [
      { a: ["{{ trigger.d }}", { b: "x{{ trigger.s }}" }], n: 1, z: null },
      { a: [2.5, { b: "xhéllo" }], n: 1, z: null },
    ],
    [{ "{{ trigger.s }}": 1 }, { "{{ trigger.s }}": 1 }],
    ["{{ {'a': {'b': 1}} }}", { a: { b: 1 } }],
    ["{{ {'a':{'b':'}}'}}}}", { a: { b: "}}" } }],
    ["{{ 'x' + \"}}\" }}", "x}}"],
    ["{{ '''it's }}''' }}", "it's }}"],
    ["{{ r'\\' + '\\'' }}", "\\'"],
    ["{{ trigger.n // }}\n + 1 }}", 4],
    ["{{\n  trigger.n\n}}", 3],
  ])("%j", (template, expected) => expect(renderValue(template, scope)).toEqual(expected));

  test("a literal {{ is written \\{{, and a backslash before an expression \\\\{{", () => {
    expect(renderValue("\\{{ trigger.n }}", scope)).toBe("{{ trigger.n }}");
    expect(renderValue("a \\{{ b }} {{ trigger.n }}", scope)).toBe("a {{ b }} 3");
    expect(renderValue("C:\\\\{{ trigger.n }}", scope)).toBe("C:\\3");
    expect(renderValue("C:\\x", scope)).toBe("C:\\x");
  });
  test("data is never rendered again", () => {
    const hostile = { trigger: { s: "{{ env.SECRET }}", inner: { s: "{{ env.SECRET }}" } }, env: { SECRET: "secret" } };
    expect(renderValue("{{ trigger.s }}", hostile)).toBe("{{ env.SECRET }}");
    expect(renderValue("x {{ trigger.s }} {{ trigger.inner }}", hostile)).not.toContain("secret");
  });
  test("keeps own __proto__ keys without touching a prototype", () => {
    const rendered = renderValue(JSON.parse('{"__proto__": "{{ trigger.n }}"}') as Json, scope) as object;
    expect(Object.getPrototypeOf(rendered)).toBe(Object.prototype);
    expect(JSON.stringify(rendered)).toBe('{"__proto__":3}');
  });
  test.each(["{{ trigger.n", "a {{ 'x }}", "{{ {'a': 1 }}", "{{}}", "{{   }}"])("%s is refused", (template) => {
    expect(() => renderValue(template, scope)).toThrow(DomainError);
  });
});

describe("renderText", () => {
  test.each([
    ["{{ trigger.n }}", "3"],
    ["{{ trigger.list }}", '[1,{"a":2}]'],
    ["{{ trigger.s }}!", "héllo!"],
    ["plain", "plain"],
    ["", ""],
  ])("%j is always a text", (template, expected) => expect(renderText(template, scope)).toBe(expected));
});

test("compileTemplate gives literal texts and expressions in order", () => {
  const parts = compileTemplate("a {{ trigger.n }} b").parts.map((part) =>
    typeof part === "string" ? part : { source: part.source },
  );
  expect(parts).toEqual(["a ", { source: "trigger.n" }, " b"]);
});

test("a megabyte of braces is split in linear time", () => {
  expect(renderText("\\{{".repeat(300_000), scope)).toHaveLength(600_000);
  expect(() => renderText("{".repeat(1_000_000), scope)).toThrow(DomainError);
});
