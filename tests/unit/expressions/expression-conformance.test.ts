import { celEnv, celList, isCelError, parse, plan, type CelInput } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { evaluateExpression } from "./evaluate-expression.ts";

/** The library's own evaluator, as the reference for what we evaluate ourselves. */
const reference = celEnv({ funcs: strings });

function toCel(value: Json): CelInput {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return celList(value.map(toCel));
  if (typeof value === "object" && value !== null)
    return new Map(Object.entries(value).map(([key, item]) => [key, toCel(item)]));
  return value;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Iterable<unknown> & { get?: unknown; keys?: unknown };
  const items = [...entries];
  return "keys" in value && items.every((item) => Array.isArray(item))
    ? Object.fromEntries((items as [string, unknown][]).map(([key, item]) => [key, plain(item)]))
    : items.map(plain);
}

const trigger: Json = { n: 7, d: 2.5, s: "ticket-12", e: "", list: [3, 1, 2], m: { a: 1, b: { c: "x" } }, f: false };
const expressions = [
  "trigger.n + 3",
  "trigger.n - 10",
  "trigger.n * -2",
  "(trigger.n + 1) / 2",
  "-8 / 2",
  "-7 % 3",
  "trigger.n % 4",
  "trigger.d * 2.0",
  "trigger.d + 0.5",
  "trigger.n > trigger.d",
  "trigger.n == 7.0",
  "trigger.n != 7",
  "'a' + trigger.s",
  "trigger.s < 'z'",
  "trigger.s.size()",
  "size(trigger.list)",
  "size(trigger.m)",
  "trigger.s.contains('-')",
  "trigger.s.startsWith('tick')",
  "trigger.s.endsWith('12')",
  "trigger.s.matches('[0-9]+$')",
  "trigger.e.matches('^$')",
  "trigger.list.map(x, x * x)",
  "trigger.list.filter(x, x != 1)",
  "trigger.list.exists(x, x == 2)",
  "trigger.list.all(x, x < 3)",
  "trigger.list.exists_one(x, x == 1)",
  "trigger.list.map(x, x > 1, x + 1)",
  "trigger.m.map(k, k)",
  "'a' in trigger.m",
  "3 in trigger.list",
  "[1, 2] == [1, 2]",
  "[1, 2] == [2, 1]",
  "{'a': 1} == {'a': 1.0}",
  "trigger.m.b.c",
  "trigger.m['b']['c']",
  "trigger.list[0]",
  "trigger.list[1.0]",
  "has(trigger.m.a)",
  "has(trigger.m.z)",
  "trigger.f ? 1 : 2",
  "!trigger.f",
  "trigger.f && trigger.nope",
  "true || trigger.nope",
  "trigger.nope || true",
  "trigger.nope == 1 && false",
  "[1, 2] + [3]",
  "'a,b'.split(',')",
  "['a', 'b'].join('+')",
  "'Hello'.lowerAscii()",
  "'Hello'.upperAscii()",
  "'a-b-c'.replace('-', '')",
  "'hello'.substring(2)",
  "'hello'.substring(1, 2)",
  "'hello'.indexOf('l')",
  "'hello'.lastIndexOf('l')",
  "'hello'.charAt(4)",
  "' x '.trim()",
  "int('12')",
  "int(3.9)",
  "int(-3.9)",
  "double(3)",
  "string(12)",
  "string(1.5)",
  "bool('true')",
  "timestamp('2026-02-03T04:05:06Z').getMonth()",
  "timestamp('2026-02-03T04:05:06Z').getDate()",
  "timestamp('2026-02-03T04:05:06Z').getDayOfWeek()",
  "timestamp('2026-02-03T04:05:06Z') < timestamp('2026-02-03T04:05:07Z')",
  "duration('90m').getHours()",
  "duration('1h') == duration('60m')",
  "0.1 + 0.2",
  "1e3",
  "0x1F",
  "'\\u00e9\\n' + r'\\n'",
  "type(1) == type(2)",
  "null == null",
  "null == 0",
  "'1' == 1",
  "[] == []",
  "trigger.list.map(x, [x]).filter(y, y[0] > 1)",
];

describe("our evaluation agrees with the library's", () => {
  test.each(expressions)("%s", (source) => {
    const theirs = plan(reference, parse(source))({ trigger: toCel(trigger) });
    expect(isCelError(theirs)).toBe(false);
    expect(evaluateExpression(source, { trigger })).toEqual(plain(theirs));
  });
});

describe("where the library faults, so do we", () => {
  test.each([
    "1 / 0",
    "1 % 0",
    "trigger.nope",
    "trigger.list[3]",
    "'a' + 1",
    "'a' < 1",
    "!1",
    "trigger.n ? 1 : 2",
    "int('x')",
    "trigger.n.map(x, x)",
    "9223372036854775807 + 1",
    "-9223372036854775808 - 1",
    "trigger.m.a.b",
    "nope",
    "trigger.s.size(1)",
  ])("%s", (source) => {
    const theirs = plan(reference, parse(source))({ trigger: toCel(trigger) });
    expect(isCelError(theirs)).toBe(true);
    expect(() => evaluateExpression(source, { trigger })).toThrow(DomainError);
  });
});
