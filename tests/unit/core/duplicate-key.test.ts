import { describe, expect, test } from "vitest";
import { findDuplicateKey } from "#/lib/core/duplicate-key.ts";

describe("a key that appears twice in one object is found, with its path", () => {
  test.each([
    ['{"a":1,"a":2}', "body.a"],
    ['{"pairs":{"old":"x","old":"y"}}', "body.pairs.old"],
    ['{"a":{"b":1},"c":[{"d":1},{"d":1,"d":2}]}', "body.c[1].d"],
    ['{"a":1, "\\u0061" : 2}', "body.a"],
    ['{"a":1,"b":{"a":1},"a":3}', "body.a"],
    ['{"":1,"":2}', "body."],
    ['[[{"x":0}],[{"x":0,"x":1}]]', "body[1][0].x"],
  ])("%s", (text, path) => {
    expect(findDuplicateKey(text)).toBe(path);
  });

  test.each([
    "{}",
    "[]",
    '"a"',
    '{"a":"a","b":"a"}',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":1}]',
    '{"a":"b\\":\\"a","c":1}',
    '{"a":["a","a","b:"],"b":1}',
    '{"a":"\\\\","b":"\\\\"}',
  ])("not in %s", (text) => {
    expect(findDuplicateKey(text)).toBeNull();
  });

  test("deep nesting does not overflow", () => {
    expect(findDuplicateKey(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)).toBeNull();
  });
});
