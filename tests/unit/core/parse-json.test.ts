import { describe, expect, test } from "vitest";
import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { DomainError } from "#/lib/core/errors.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";

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
    ["quotes in strings", `["${'\\"'.repeat(2_000_000)}", 1]`],
    ["long numbers in strings", `[${'"1234567890123456",'.repeat(200_000)}1]`],
    ["long fractions", `[${"0.1234567890123456,".repeat(200_000)}1]`],
    ["one number of a million digits", `[${"10".repeat(500_000)}]`],
  ])("in time linear in the text: %s", (_what, text) => {
    const began = performance.now();
    findChangedNumber(text);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

test("-0 is the number 0, and own __proto__ keys stay keys", () => {
  expect(JSON.stringify(parseJsonText('{"__proto__":{"a":-0},"":[-0.0]}'))).toBe('{"__proto__":{"a":0},"":[0]}');
});
