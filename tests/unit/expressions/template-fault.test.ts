import { expect, test } from "vitest";
import { renderText } from "#/lib/expressions/expression.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";

test.each<[text: string, offset: number, line: number, column: number]>([
  ['Return JSON like {{"a": 1}}', 22, 1, 23],
  ["{{#if x}}yes{{/if}}", 2, 1, 3],
  ["Hi {{ name }", 3, 1, 4],
  ["Hi {{ name", 3, 1, 4],
  ["Hi {{", 3, 1, 4],
  ["Hi {{ }}", 3, 1, 4],
  ["a\nb\n  {{ 1 + }}", 11, 3, 8],
  ["a\r\nb {{ }}", 5, 2, 3],
  ["a\rb {{ }}", 4, 2, 3],
  ["{{ trigger.a }} and {{ trigger. }}", 30, 1, 31],
  ["{{> partial}}", 2, 1, 3],
  ["{{ user name }}", 8, 1, 9],
  ["{{ trigger.a | upper }}", 13, 1, 14],
  ["{{ 'open }}", 0, 1, 1],
  ["{{ nope(1) }}", 3, 1, 4],
  ['x {{ trigger.a.matches("(?=a)") }}', 14, 1, 15],
  ["{{{ raw }}}", 8, 1, 9],
  ["\\\\{{ }}", 2, 1, 3],
])("%j is no template", (text, offset, line, column) => {
  const fault = templateFault(text);
  expect(fault).toMatchObject({ line, column: expect.any(Number) });
  expect(fault?.message).toContain(`line ${line}, column ${fault?.column}: `);
  expect(fault?.message).toContain("\\{{");
  expect({ offset: fault?.offset, column: fault?.column }).toEqual({ offset, column });
  expect(() => renderText(text, { trigger: { a: "" } })).toThrow(/Expression|expression/);
});

test.each<[text: string, rendered: string]>([
  ['Return JSON like \\{{"a": 1}}', 'Return JSON like {{"a": 1}}'],
  ["\\{{#if x}}yes\\{{/if}}", "{{#if x}}yes{{/if}}"],
  ["Hi \\{{ name }", "Hi {{ name }"],
  ['{{ "{{" }}#each}}', "{{#each}}"],
  ["\\{{\\{{", "{{{{"],
  ["\\{{{ raw }}}", "{{{ raw }}}"],
  ["a } b }} c { d", "a } b }} c { d"],
  ['{"a": {"b": 1}}', '{"a": {"b": 1}}'],
  ["${name} %s {0}", "${name} %s {0}"],
  ["", ""],
  ["{{ trigger.a }}", "x"],
  ["\\\\{{ trigger.a }}", "\\x"],
])("%j is one, with literal braces where they are meant", (text, rendered) => {
  expect(templateFault(text)).toBeNull();
  expect(renderText(text, { trigger: { a: "x" } })).toBe(rendered);
});
