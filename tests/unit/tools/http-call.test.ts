import { describe, expect, test } from "vitest";
import { buildHttpCall, type HttpSpec } from "#/lib/tools/http-call.ts";

describe("what is sent", () => {
  const cases: [string, HttpSpec, object][] = [
    [
      "a GET",
      { method: "get", url: "http://a.test/x" },
      { method: "GET", url: "http://a.test/x", headers: {}, body: null },
    ],
    [
      "query values are appended; lists repeat, null is left out, objects are JSON",
      { method: "GET", url: "http://a.test/x?a=1#part", query: { b: ["x y", 2], c: null, d: true, e: { f: "&" } } },
      { url: "http://a.test/x?a=1&b=x+y&b=2&d=true&e=%7B%22f%22%3A%22%26%22%7D" },
    ],
    [
      "objects are JSON",
      { method: "POST", url: "http://a.test/", body: { a: [1, null], ä: "ö" } },
      { body: '{"a":[1,null],"ä":"ö"}', headers: { "content-type": "application/json" } },
    ],
    [
      "lists are JSON",
      { method: "POST", url: "http://a.test/", body: [] },
      { body: "[]", headers: { "content-type": "application/json" } },
    ],
    ["numbers are JSON", { method: "PUT", url: "http://a.test/", body: 0 }, { body: "0" }],
    ["false is JSON", { method: "PUT", url: "http://a.test/", body: false }, { body: "false" }],
    [
      "text is text",
      { method: "POST", url: "http://a.test/", body: "a\nb" },
      { body: "a\nb", headers: { "content-type": "text/plain;charset=utf-8" } },
    ],
    [
      "the author's content type stays",
      {
        method: "PATCH",
        url: "http://a.test/",
        headers: { "Content-Type": "application/merge-patch+json" },
        body: { a: 1 },
      },
      { body: '{"a":1}', headers: { "content-type": "application/merge-patch+json" } },
    ],
    [
      "forms",
      {
        method: "POST",
        url: "http://a.test/",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: { a: "x y", b: 2, c: null },
      },
      { body: "a=x+y&b=2" },
    ],
    ["null is no body", { method: "DELETE", url: "http://a.test/", body: null }, { body: null, headers: {} }],
    [
      "header names are lowercase",
      { method: "GET", url: "http://a.test/", headers: { "X-A": " b " } },
      { headers: { "x-a": "b" } },
    ],
  ];
  test.each(cases)("%s", (_name, spec, expected) => {
    expect(buildHttpCall(spec, null)).toMatchObject(expected);
  });
  test("every part is rendered, and a value may change its type", () => {
    const scope = { env: { m: "post", u: "http://a.test/7", h: 7, none: null, b: { n: 1 } } };
    const spec = {
      method: "{{ env.m }}",
      url: "{{ env.u }}",
      headers: { "x-h": "{{ env.h }}", "x-none": "{{ env.none }}" },
      query: { q: "{{ env.h }}" },
      body: "{{ env.b }}",
    };
    expect(buildHttpCall(spec, scope)).toEqual({
      method: "POST",
      url: "http://a.test/7?q=7",
      headers: { "x-h": "7", "content-type": "application/json" },
      body: '{"n":1}',
    });
  });
});

describe("what is refused before anything is sent", () => {
  const cases: [string, HttpSpec][] = [
    ["CONNECT", { method: "CONNECT", url: "http://a.test/" }],
    ["TRACE", { method: "trace", url: "http://a.test/" }],
    ["a method with a line break", { method: "GET\r\nX", url: "http://a.test/" }],
    ["an empty method", { method: "", url: "http://a.test/" }],
    ["a relative URL", { method: "GET", url: "/orders" }],
    ["no URL", { method: "GET", url: "" }],
    ["a GET with a body", { method: "GET", url: "http://a.test/", body: {} }],
    ["a header with a line break", { method: "GET", url: "http://a.test/", headers: { a: "b\r\nc: d" } }],
    ["a header with NUL", { method: "GET", url: "http://a.test/", headers: { a: "b\0" } }],
    ["a header beyond Latin-1", { method: "GET", url: "http://a.test/", headers: { a: "→" } }],
    ["a header name with a colon", { method: "GET", url: "http://a.test/", headers: { "a:b": "c" } }],
    ["an empty header name", { method: "GET", url: "http://a.test/", headers: { "": "c" } }],
    ["Host", { method: "GET", url: "http://a.test/", headers: { Host: "b.test" } }],
    ["Content-Length", { method: "POST", url: "http://a.test/", headers: { "content-length": "0" }, body: "x" }],
    [
      "Transfer-Encoding",
      { method: "POST", url: "http://a.test/", headers: { "transfer-encoding": "chunked" }, body: "x" },
    ],
  ];
  test.each(cases)("%s", (_name, spec) => {
    expect(() => buildHttpCall(spec, null)).toThrow(
      expect.objectContaining({ code: "tool_request_refused", retryable: false }),
    );
  });
});

test("all templates of a request share a budget of steps", () => {
  const dear = "{{ trigger.map(a, trigger.exists(b, b == 50)).size() }}";
  const scope = { trigger: Array.from({ length: 300 }, (_, index) => index) };
  const headers = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, dear]));
  const spec = { method: "GET", url: `http://a.test/${dear}` };
  expect(buildHttpCall({ ...spec, headers: headers(2) }, scope)).toMatchObject({ headers: { "x-1": "300" } });
  expect(() => buildHttpCall({ ...spec, headers: headers(40) }, scope)).toThrow(/steps/);
  expect(() => buildHttpCall({ method: "GET", url: `http://a.test/${dear.repeat(40)}` }, scope)).toThrow(/steps/);
});
