import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { callSignature, formerSignature, httpIdentity, isFormer, isSameCall } from "#/lib/tools/canonical-call.ts";
import type { HttpCall } from "#/lib/tools/http-call.ts";

const sign = (args: Json, tool = "refund") => callSignature({ tool, args, request: null });

describe("signatures", () => {
  test("are the SHA-256 of the canonical JSON", () => {
    expect(sign({ b: 1, a: [1, "ä"] })).toMatch(/^2:[0-9a-f]{64}\.$/);
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
      headers: { "X-Tenant": "1", authorization: "Bearer t", Cookie: "k", traceparent: "00", "x-sign": "s" },
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
    { headers: { "x-tenant": "1", "idempotency-key": "k" } },
    { headers: { "x-tenant": "1", accept: "text/plain" } },
    { url: "http://a.test/x?b=1&b=1" },
    { url: "http://a.test/x/?b=1" },
    { headers: {} },
  ];
  const signed = (call: HttpCall) =>
    callSignature({ tool: "pay", args: null, request: httpIdentity(call, ["X-Sign"]) });
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

describe("the parts of a signature", () => {
  const of = (args: Json, request: Json | null) => callSignature({ tool: "pay", args, request });
  test("both count, and what is not known counts as equal", () => {
    expect(isSameCall(of(1, { a: 1 }), of(1, { a: 1 }))).toBe(true);
    expect(isSameCall(of(1, { a: 1 }), of(1, { a: 2 }))).toBe(false);
    expect(isSameCall(of(1, { a: 1 }), of(2, { a: 1 }))).toBe(false);
    expect(isSameCall(of(1, { a: 1 }), of(1, null))).toBe(true);
    expect(isSameCall(of(2, { a: 1 }), of(1, null))).toBe(false);
  });
  test("a run's own texts do not count, plain or encoded", () => {
    const with_ = (id: string, at: string) =>
      callSignature({ tool: "pay", args: { id: `x-${id}` }, request: { query: encodeURIComponent(at) } }, [
        [id, "run.id"],
        [at, "run.createdAt"],
      ]);
    expect(with_("run_a1", "2026-11-20T10:00:00.000Z")).toBe(with_("run_b2", "2026-11-21T11:00:00.000Z"));
    expect(of({ id: "x-run_a1" }, null)).not.toBe(of({ id: "x-run_b2" }, null));
  });
  const input = (url: string, body: Json = { n: 1 }, args: Json = { amount: 5 }, id = "") => ({
    arguments: args,
    request: { method: "POST", url, headers: { "x-id": id }, body },
  });
  const former = (value: Json, runId = "run_1") => formerSignature("pay", value, runId);
  test("of an older record: method, address behind the host, body and arguments", () => {
    const base = former(input("http://a.test/orders/1?x=1"));
    expect(isFormer(base)).toBe(true);
    expect(isFormer("0a1b")).toBe(true);
    expect(isFormer(of(1, 1))).toBe(false);
    expect(former(input("https://b.test:1/orders/1?x=1"))).toBe(base);
    for (const other of [
      input("http://a.test/orders/2?x=1"),
      input("http://a.test/orders/1?x=2"),
      input("http://a.test/orders/1?x=1", { n: 2 }),
      input("http://a.test/orders/1?x=1", { n: 1 }, { amount: 6 }),
    ])
      expect(isSameCall(former(other), base)).toBe(false);
    const own = (id: string) => former(input("http://a.test/x", { id }), id);
    expect(own("run_1")).toBe(own("run_2"));
    expect(former({ arguments: { a: 1 }, request: { mcp: { url: "" } } })).toMatch(/\.$/);
  });
});
