import { describe, expect, test } from "vitest";
import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { DomainError } from "#/lib/core/errors.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

const pathsOf = (text: string): string[] => {
  try {
    parseJsonText(text);
    return [];
  } catch (error) {
    return (error as DomainError).fields?.map(({ path }) => path) ?? [];
  }
};

describe("a number that would not come out as it went in is refused, with its path", () => {
  test.each([
    ["9007199254740993", "body"],
    ["-9007199254740993", "body"],
    ["9007199254740993.0", "body"],
    ["9.007199254740993e15", "body"],
    ["900719925474099300e-2", "body"],
    ["9007199254740993.5", "body"],
    ["9223372036854775807", "body"],
    ["18446744073709551615", "body"],
    ['{"id":9007199254740993}', "body.id"],
    ['{"a":[{},{"b c":[0,-12345678901234567890]}]}', "body.a[1].b c[1]"],
    ['{"\\"x\\\\":["9007199254740993",123456789012345678]}', 'body."x\\[1]'],
    ["[1e400]", "body[0]"],
    ["[-1e400]", "body[0]"],
    ["[1, 1.7976931348623159e308]", "body[1]"],
    ['{"tiny":1e-400}', "body.tiny"],
    [`[${"1".repeat(400)}]`, "body[0]"],
    [`[0.${"0".repeat(400)}1]`, "body[0]"],
  ])("%s", (text, path) => {
    expect(pathsOf(text)).toEqual([path]);
  });

  test.each([
    ...["9007199254740991", "-9007199254740991", "9007199254740992", "1e22", "1e23", "123456789012345680000"],
    ...["10000000000000000000000", "1e021", "100000000000000000000000e-20", "1000000000000000000.000", "0.1"],
    ...["0.1234567890123456789", "3.14159265358979323846", "1.7976931348623157e308", "5e-324", "0e999", "-0", "-0.0"],
    ...['"9007199254740993"', '{"9007199254740993":1}', '{"a":"\\\\","b":"\\"9007199254740993"}', "true"],
  ])("and any other is taken: %s", (text) => {
    expect(pathsOf(text)).toEqual([]);
  });

  test.each([
    ["quotes in strings", null, `["${'\\"'.repeat(2_000_000)}", 1]`],
    ["long numbers in strings", null, `[${'"1234567890123456",'.repeat(200_000)}1]`],
    ["long fractions", null, `[${"0.1234567890123456,".repeat(200_000)}1]`],
    ["one number of a million digits", "body[0]", `[${"10".repeat(500_000)}]`],
  ])("in time linear in the text, or the test runs out of its own: %s", (_what, path, text) => {
    expect(findChangedNumber(text)?.path ?? null).toBe(path);
  });
});

describe("a text of more than 200,000 values and names is refused", () => {
  const list = (item: string, count: number) => `[${`${item},`.repeat(count - 1)}${item}]`;
  const atMost: [string, string][] = [
    ["numbers", list("1", 199_999)],
    ["numbers with spaces and exponents", list(" -1.5e+3 ", 199_999)],
    ["literals", list("null", 199_999)],
    ["texts that look like values", list(String.raw`"[1,{\"a\":2},\\"`, 199_999)],
    ["empty objects", list("{}", 199_999)],
    ["lists of one", `[${list("[1]", 99_999).slice(1, -1)},1]`],
    ["names", `[${list('{"a":1}', 66_666).slice(1, -1)},1]`],
  ];
  test.each(atMost)("%s: one more is one too many", (_what, text) => {
    expect(pathsOf(text)).toEqual([]);
    expect(() => parseJsonText(text.replace("[", "[1,"))).toThrow(/^body: too many values: at most 200000 are taken/);
  });

  test.each([
    ["numbers", list("1", 4_900_000)],
    ["empty lists", list("[]", 1_000_000)],
    ["objects", list("{}", 1_000_000)],
  ])("before it is parsed: megabytes of %s", async (_what, text) => {
    expect(() => parseJsonText(text)).toThrow(/too many values/);
    const tries = [1, 2, 3].map(() => processorMs(() => pathsOf(text)));
    expect(Math.min(...(await Promise.all(tries)))).toBeLessThan(await processorMs(() => JSON.parse(text)));
  });
});

describe("where a value stands that is too deep", () => {
  const nested = (depth: number) => `${'[0,{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`;
  test("is told, and 200 levels are taken", () => {
    expect(pathsOf(nested(200))).toEqual([]);
    expect(pathsOf(`{"x":${nested(200)}}`)).toEqual([`${`body.x${"[1].a".repeat(100)}`.slice(0, 200)}…`]);
  });
});

test("-0 is the number 0, and own __proto__ keys stay keys", () => {
  expect(JSON.stringify(parseJsonText('{"__proto__":{"a":-0},"":[-0.0]}'))).toBe('{"__proto__":{"a":0},"":[0]}');
});
