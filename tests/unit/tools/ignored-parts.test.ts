import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { httpIdentity } from "#/lib/tools/canonical-call.ts";
import {
  blankedArguments,
  countedArguments,
  countedRequest,
  ignoredPart,
  ignoredParts,
} from "#/lib/tools/ignored-parts.ts";

const parts = (...ignore: string[]) => ignoredParts({ ignore });

test.each<[string, string[] | null]>([
  ["headers.x-request-id", ["headers", "x-request-id"]],
  ["query.ts", ["query", "ts"]],
  ["body", ["body"]],
  ["body.items.*.id", ["body", "items", "*", "id"]],
  ["body.items[0].id", ["body", "items", "0", "id"]],
  ['arguments["a.b"].c', ["arguments", "a.b", "c"]],
  ['body["\\u00e4\\""]', ["body", 'ä"']],
  ["", null],
  ["url", null],
  ["bodyx.a", null],
  ["body.", null],
  ["body..a", null],
  ["body.a.", null],
  ["body[x]", null],
  ["headers.a.b", null],
  ['body["a', null],
])("the path %s", (path, expected) => {
  expect(ignoredPart(path)).toEqual(expected);
});

describe("what counts of a call", () => {
  test.each<[string, Json, string[], Json]>([
    ["a name", { a: 1, b: 2 }, ["arguments.b"], { a: 1 }],
    ["a name that is not there", { a: 1 }, ["arguments.b", "arguments.a.b.c"], { a: 1 }],
    [
      "in each element",
      {
        items: [
          { id: 1, n: 1 },
          { id: 2, n: 2 },
        ],
      },
      ["arguments.items.*.id"],
      { items: [{ n: 1 }, { n: 2 }] },
    ],
    ["an element", [1, 2, 3], ["arguments[1]"], [1, null, 3]],
    ["everything", { a: 1 }, ["arguments"], null],
    ["other roots", { a: 1 }, ["body.a", "query.a"], { a: 1 }],
    ["a prototype's name", JSON.parse('{"__proto__":1,"a":1}') as Json, ["arguments.__proto__"], { a: 1 }],
  ])("arguments without %s", (_what, args, ignore, expected) => {
    expect(countedArguments(args, parts(...ignore))).toEqual(expected);
  });

  test("arguments from which a request is built keep their kinds", () => {
    const args = { id: "x", n: 7, on: true, deep: { a: 1 }, keep: "k" };
    expect(blankedArguments(args, parts("arguments.id", "arguments.n", "arguments.on", "arguments.deep"))).toEqual({
      id: "ignored",
      n: 0,
      on: false,
      deep: null,
      keep: "k",
    });
  });

  const request = (headers: Record<string, string>, url: string, body: string): JsonObject =>
    countedRequest(
      httpIdentity({ method: "POST", url, headers, body }),
      parts("headers.X-Request-Id", "query.ts", "body.meta.sentAt"),
    );
  test.each<[string, JsonObject]>([
    ["a header", request({ "x-request-id": "b" }, "http://a.test/x?q=1&ts=1", '{"meta":{"sentAt":1},"n":1}')],
    ["a query value", request({}, "http://a.test/x?ts=9&q=1&ts=3", '{"meta":{"sentAt":1},"n":1}')],
    ["a value of the body", request({}, "http://a.test/x?q=1", '{"meta":{},"n":1}')],
  ])("a request without %s", (_what, other) => {
    expect(other).toEqual(request({ "x-request-id": "a" }, "http://a.test/x?q=1&ts=1", '{"n":1,"meta":{"sentAt":2}}'));
  });

  test("a form's field, and a whole body", () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const of = (body: string, ignore: string) =>
      countedRequest(httpIdentity({ method: "POST", url: "http://a.test/", headers: form, body }), parts(ignore));
    expect(of("a=1&t=1", "body.t")).toEqual(of("a=1&t=2", "body.t"));
    expect(of("a=1&t=1", "body.t")).not.toEqual(of("a=2&t=1", "body.t"));
    expect(of("a=1", "body")).toEqual(of("b=2", "body"));
  });
});
