import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { compileExpression, maxExpressionLength, renderText, renderValue } from "#/lib/expressions/expression.ts";
import { evaluateExpression } from "./evaluate-expression.ts";

const scope = {
  trigger: { list: Array.from({ length: 5000 }, (_, index) => index), text: "a".repeat(1_000_000) },
  nodes: {},
};

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) {
      expect(error.code).toBe("expression_failed");
      return error.message;
    }
    throw error;
  }
  throw new Error("expected a refusal");
}

describe("an expression can neither hang nor fill the memory", () => {
  test.each([
    ["nested comprehensions", "trigger.list.map(a, trigger.list.map(b, trigger.list.map(c, 1))).size()"],
    [
      "comprehensions of faults",
      "trigger.list.exists(a, trigger.list.exists(b, trigger.list.exists(c, trigger.nope)))",
    ],
    ["has() of faults", "trigger.list.all(a, trigger.list.all(b, !has(trigger.nope.nope)))"],
    ["doubled texts", `['a']${".map(a, a + a)".repeat(60)}[0].size()`],
    ["doubled lists", `[[1]]${".map(a, a + a)".repeat(60)}.size()`],
    ["search in doubled lists", `7 in [[1]]${".map(a, a + a)".repeat(60)}[0]`],
    ["shared structure compared", `[1]${".map(a, [a, a])".repeat(60)} == [1]${".map(a, [a, a])".repeat(60)}`],
    ["shared structure returned", `[1]${".map(a, [a, a])".repeat(60)}`],
    ["shared maps returned", `[1]${".map(a, {'x': a, 'y': a})".repeat(60)}`],
    ["input repeated", "trigger.list.map(x, trigger)"],
    ["catastrophic patterns, many times", "trigger.list.map(x, trigger.text.matches('(a+)+$'))"],
    ["large automata", "trigger.list.map(x, 'x'.matches('(a{1,1000}b{1,1000}c{1,1000}){1}'))"],
    ["texts searched many times", "trigger.list.map(x, trigger.text.contains('zz'))"],
    ["replace that explodes", "trigger.text.replace('a', trigger.text)"],
    ["split to letters", "trigger.list.map(x, trigger.text.split(''))"],
    ["join that explodes", "trigger.list.map(x, trigger.text).join()"],
  ])("%s", (_, source) => {
    const message = refused(() => evaluateExpression(source, scope));
    expect(message).toMatch(/steps|10 MiB/);
    expect(message.length).toBeLessThan(500);
  });

  test("a catastrophic pattern on a long text is answered", () => {
    expect(evaluateExpression("trigger.t.matches('^(a+)+$')", { trigger: { t: `${"a".repeat(50_000)}!` } })).toBe(
      false,
    );
  });

  test("a long but honest mapping fits", () => {
    expect(evaluateExpression("trigger.list.map(x, x * 2 + 1).filter(x, x > 100).size()", scope)).toBe(4950);
  });
});

describe("compilation is bounded", () => {
  test.each([
    ["parentheses", `${"(".repeat(2000)}1${")".repeat(2000)}`],
    ["open parentheses", "(".repeat(4000)],
    ["lists", `${"[".repeat(2000)}${"]".repeat(2000)}`],
    ["sums", `${"1+".repeat(1500)}1`],
    ["fields", `a${".b".repeat(1500)}`],
    ["macros", `${"[1].map(x,".repeat(300)}1${")".repeat(300)}`],
    ["maps", `${"{'a':".repeat(500)}1${"}".repeat(500)}`],
    ["conditionals", `${"(true?".repeat(400)}1${":2)".repeat(400)}`],
  ])("deeply nested %s are refused", (_, source) => {
    expect(source.length).toBeLessThanOrEqual(maxExpressionLength);
    refused(() => compileExpression(source));
  });
  test("sums of a hundred terms are not", () => {
    expect(evaluateExpression(`${"1+".repeat(100)}1`, {})).toBe(101);
  });
  test("an expression over 4 KiB is refused", () => {
    expect(refused(() => compileExpression(`'${"a".repeat(maxExpressionLength)}'`))).toContain("4096");
  });
});

describe("results are bounded", () => {
  const big = { trigger: { text: "x".repeat(6 * 1024 * 1024) } };
  test("one value passes, two together do not", () => {
    expect(renderValue("{{ trigger.text }}", big)).toHaveLength(6 * 1024 * 1024);
    const both: Json = { a: "{{ trigger.text }}", b: "{{ trigger.text }}" };
    expect(refused(() => renderValue(both, big))).toContain("10 MiB");
    expect(refused(() => renderText("{{ trigger.text }}{{ trigger.text }}", big))).toContain("10 MiB");
  });
});

test("all expressions of one value share a budget of steps", () => {
  const list = Array.from({ length: 300 }, (_, index) => index);
  const dear = "{{ trigger.map(a, trigger.exists(b, b == 50)).size() }}";
  const scope = { trigger: list };
  expect(renderValue([dear], scope)).toEqual([300]);
  expect(() =>
    renderValue(
      Array.from({ length: 40 }, () => dear),
      scope,
    ),
  ).toThrow(/steps/);
  expect(() => renderValue({ text: `a ${dear} `.repeat(40) }, scope)).toThrow(/steps/);
});

test.each<[string, Json]>([
  ["one list", `{{ [${Array(17).fill("trigger").join(", ")}] }}`],
  ["one object", `{{ {${Array.from({ length: 10 }, (_, index) => `'${index}': trigger`).join(", ")}} }}`],
  ["several expressions", Array(10).fill("{{ trigger }}")],
])("values are charged for by their number, however few characters they have: %s", (_what, many) => {
  const trigger = Array.from({ length: 190_000 }, () => ({}));
  expect(renderValue({ a: "{{ trigger }}", b: "{{ trigger }}" }, { trigger })).toEqual({ a: trigger, b: trigger });
  expect(refused(() => renderValue(many, { trigger }))).toContain("steps");
});

test("expressions are charged for by their length as well, however often they were compiled before", () => {
  const few = Array.from({ length: 2000 }, (_, index) => `{{ trigger.field_${index} }}`);
  expect(
    renderValue(few, { trigger: Object.fromEntries(few.map((_text, index) => [`field_${index}`, index])) }),
  ).toHaveLength(2000);
  // Three times as much text.
  const field = "field".repeat(30);
  const many = Array.from({ length: 650 }, (_, index) => `{{ trigger.${field}_${index} }}`);
  const trigger = Object.fromEntries(many.map((_text, index) => [`${field}_${index}`, 1]));
  for (let time = 0; time < 2; time++) {
    expect(() => renderValue(many, { trigger })).toThrow(/steps/);
    expect(() => renderText(many.join(""), { trigger })).toThrow(/steps/);
  }
  expect(renderText("x".repeat(1_000_000) + many[0], { trigger })).toHaveLength(1_000_001);
});
