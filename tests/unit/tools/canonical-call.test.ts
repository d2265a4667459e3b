import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { callSignature, httpCallArguments } from "#/lib/tools/canonical-call.ts";
import type { HttpCall } from "#/lib/tools/http-call.ts";

const sign = (args: Json, tool = "refund") => callSignature({ tool, args });

describe("signatures", () => {
  test("are the SHA-256 of the canonical JSON", () => {
    expect(sign({ b: 1, a: [1, "ä"] })).toMatch(/^[0-9a-f]{64}$/);
    expect(sign({ b: 1, a: [1, "ä"] })).toBe(sign({ a: [1, "ä"], b: 1 }));
    expect(sign(1)).toBe(sign(1.0));
    expect(sign(JSON.parse('{"a":1e2}') as Json)).toBe(sign({ a: 100 }));
  });
  test("differ for whatever differs in value, order of lists, type, Unicode form or tool", () => {
    const values: Json[] = [
      null,
      false,
      0,
      "",
      "0",
      [],
      {},
      [null],
      { a: null },
      { a: 1 },
      { a: "1" },
      [1, 2],
      [2, 1],
      "é",
      "e\u0301",
      "\ud800",
      "\ud801",
      "\\ud800",
      { "\ud800": 1 },
      { "\ud800": 2 },
      JSON.parse('{"__proto__":1}') as Json,
      JSON.parse('{"__proto__":"\ud800"}') as Json,
      { a: "\u0000" },
    ];
    const signatures = [...values.map((value) => sign(value)), ...values.map((value) => sign(value, "other"))];
    expect(new Set(signatures).size).toBe(signatures.length);
  });
  test("ignore key order beside lone surrogates too", () => {
    expect(sign({ a: "\ud800", b: { d: 1, c: 2 } })).toBe(sign({ b: { c: 2, d: 1 }, a: "\ud800" }));
  });
});

describe("HTTP calls", () => {
  const base: HttpCall = {
    method: "POST",
    url: "http://a.test/x?b=1",
    headers: { "x-tenant": "1" },
    body: '{"a":1,"b":2}',
  };
  const same: Partial<HttpCall>[] = [
    { body: '{ "b": 2, "a": 1 }' },
    { url: "HTTP://A.test:80/x?b=1" },
    {
      headers: { "X-Tenant": "1", authorization: "Bearer t", "Idempotency-Key": "k", traceparent: "00", "x-sign": "s" },
    },
  ];
  const different: Partial<HttpCall>[] = [
    { method: "PUT" },
    { url: "http://a.test/x?b=2" },
    { url: "https://a.test/x?b=1" },
    { body: null },
    { body: "text" },
    { body: '{"a":1,"b":3}' },
    { headers: { "x-tenant": "2" } },
    { headers: {} },
  ];
  const signed = (call: HttpCall) => sign(httpCallArguments(call, ["X-Sign"]));
  test.each(same)("the same call: %j", (change) => {
    expect(signed({ ...base, ...change })).toBe(signed(base));
  });
  test.each(different)("another call: %j", (change) => {
    expect(signed({ ...base, ...change })).not.toBe(signed(base));
  });
  test("JSON text and the text of that JSON differ", () => {
    expect(signed({ ...base, body: '"a"' })).not.toBe(signed({ ...base, body: "a" }));
  });
});
