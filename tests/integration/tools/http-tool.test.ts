import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createGuardedFetch } from "#/lib/tools/guarded-fetch.ts";
import { parseRetryAfterMs } from "#/lib/tools/http-answer.ts";
import type { HttpCall } from "#/lib/tools/http-call.ts";
import { executeHttpCall, type HttpExecution } from "#/lib/tools/http-tool.ts";
import { ToolCallError } from "#/lib/tools/tool-call-error.ts";
import { type LocalServer, startLocalServer } from "./local-server.ts";

type Scripted = {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
  end?: "reset" | "stall" | "half";
};
let script: Scripted = {};
let server: LocalServer;

beforeAll(async () => {
  server = await startLocalServer((_request, response) => {
    if (script.end === "reset") return void response.socket?.destroy();
    if (script.end === "stall") return;
    if (script.end === "half") {
      response.writeHead(script.status ?? 200, { "content-length": "50" });
      response.write("{");
      return void setTimeout(() => response.socket?.destroy(), 20);
    }
    response.writeHead(script.status ?? 200, script.headers).end(script.body);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  script = {};
  server.seen.length = 0;
});

function callTo(path = "/orders/17", call: Partial<HttpCall> = {}): HttpCall {
  return { method: "GET", url: `${server.url}${path}`, headers: {}, body: null, ...call };
}

function execute(call: HttpCall, execution: Partial<HttpExecution> = {}) {
  const guarded = createGuardedFetch({ allow: [`127.0.0.1:${server.port}`], maxBytes: 50_000 });
  return executeHttpCall(call, { fetch: guarded, signal: new AbortController().signal, timeoutMs: 5000, ...execution });
}

async function faultOf(promise: Promise<unknown>): Promise<ToolCallError> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ToolCallError);
  return error as ToolCallError;
}

const json = { "content-type": "application/json" };
const plain = { "content-type": "text/plain" };

describe("answers", () => {
  const cases: [string, Scripted, unknown][] = [
    ["JSON", { headers: json, body: '{"a":[1]}' }, { a: [1] }],
    ["JSON with a charset", { headers: { "content-type": "application/json; charset=utf-8" }, body: '"ä"' }, "ä"],
    ["JSON of another media type", { headers: { "content-type": "application/problem+json" }, body: "null" }, null],
    ["a text without a content type", { body: '{"a":1}' }, '{"a":1}'],
    ["a number without a content type", { body: "12345678901234567890" }, "12345678901234567890"],
    ["a long number as text", { headers: plain, body: "12345678901234567890" }, "12345678901234567890"],
    ["a decimal as text", { headers: plain, body: "1047.0" }, "1047.0"],
    ["a quoted word as text", { headers: plain, body: '"null"' }, '"null"'],
    ["a word as text", { headers: plain, body: "null" }, "null"],
    ["a number as JSON", { headers: json, body: "1047.0" }, 1047],
    ["a quoted word as JSON", { headers: json, body: '"null"' }, "null"],
    ["a long number in a text as JSON", { headers: json, body: '"12345678901234567890"' }, "12345678901234567890"],
    ["gzipped JSON", { headers: { ...json, "content-encoding": "gzip" }, body: gzipSync('{"z":1}') }, { z: 1 }],
    ["text", { headers: { "content-type": "text/plain" }, body: '{"a":1}' }, '{"a":1}'],
    ["malformed JSON is text", { headers: json, body: "{oops" }, "{oops"],
    ["nothing", { status: 204 }, ""],
    ["empty JSON", { headers: json, body: "" }, ""],
    ["Latin-1 text", { headers: { "content-type": "text/plain; charset=iso-8859-1" }, body: Buffer.from([0xe4]) }, "ä"],
    ["an unknown charset", { headers: { "content-type": "text/plain; charset=nope" }, body: "a" }, "a"],
    [
      "bytes",
      { headers: { "content-type": "image/png" }, body: Buffer.from([0, 255]) },
      { contentType: "image/png", base64: "AP8=" },
    ],
    ["NUL and lone surrogates survive", { headers: json, body: '{"a":"\\u0000\\ud800"}' }, { a: "\u0000\ud800" }],
  ];
  test.each(cases)("%s", async (_name, answer, body) => {
    script = answer;
    expect((await execute(callTo())).body).toEqual(body);
  });
  test("an own __proto__ key stays a plain key", async () => {
    script = { headers: json, body: '{"__proto__":{"polluted":1}}' };
    const { body } = await execute(callTo());
    expect(Object.keys(body as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });
  test("kept headers only: no cookies", async () => {
    script = {
      headers: { ...json, etag: '"1"', "set-cookie": "s=1", "x-request-id": "r1", "x-secret": "s" },
      body: "{}",
    };
    const { status, headers } = await execute(callTo());
    expect(status).toBe(200);
    expect(headers).toMatchObject({ "content-type": "application/json", etag: '"1"', "x-request-id": "r1" });
    expect(Object.keys(headers)).not.toContain("set-cookie");
    expect(Object.keys(headers)).not.toContain("x-secret");
  });
  test.each([
    "1e400",
    '{"order":{"ids":[9007199254740993]}}',
    "[".repeat(201) + "]".repeat(201),
    "[".repeat(20_000) + "]".repeat(20_000),
  ])("JSON that cannot be stored is a clear fault (%#)", async (body) => {
    script = { headers: json, body };
    const fault = await faultOf(execute(callTo()));
    expect([fault.code, fault.status, fault.retryable]).toEqual(["tool_http_error", 200, false]);
    expect(fault.message).toMatch(
      /number out of range|body\.order\.ids\[0\]: the number 9007199254740993 cannot|nested deeper than 200 levels/,
    );
  });
});

describe("requests", () => {
  test("method, headers, body and idempotency key arrive", async () => {
    await execute(
      callTo("/refunds?a=1", {
        method: "POST",
        headers: { "content-type": "application/json", "x-a": "b" },
        body: '{"a":1}',
      }),
      {
        idempotencyKey: "run_1:refund:1",
      },
    );
    expect(server.seen).toMatchObject([
      {
        method: "POST",
        url: "/refunds?a=1",
        body: '{"a":1}',
        headers: { "x-a": "b", "idempotency-key": "run_1:refund:1" },
      },
    ]);
  });
  test("the author's own idempotency key wins; without one none is sent", async () => {
    await execute(callTo("/", { method: "POST", headers: { "idempotency-key": "mine" } }), { idempotencyKey: "ours" });
    await execute(callTo("/"));
    expect(server.seen.map((item) => item.headers["idempotency-key"])).toEqual(["mine", undefined]);
  });
});

describe("statuses", () => {
  const cases: [number, boolean][] = [
    [300, false],
    [304, false],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [408, true],
    [409, false],
    [410, false],
    [418, false],
    [422, false],
    [425, false],
    [429, true],
    [451, false],
    [500, true],
    [501, true],
    [502, true],
    [503, true],
    [504, true],
    [529, true],
  ];
  test.each(cases)("%i: retryable is %s, sent once, outcome known", async (status, retryable) => {
    script = { status, body: status === 304 ? undefined : "no" };
    const fault = await faultOf(execute(callTo("/", { method: "POST", body: "x" })));
    expect([fault.code, fault.status, fault.retryable, fault.outcomeUnknown]).toEqual([
      "tool_http_error",
      status,
      retryable,
      false,
    ]);
    expect(server.seen.length).toBe(1);
  });
  const messages: [string, Scripted, string][] = [
    ["plain text", { body: "order not found" }, ": order not found"],
    ["message", { headers: json, body: '{"message":"order not found"}' }, ": order not found"],
    [
      "problem details",
      { headers: { "content-type": "application/problem+json" }, body: '{"title":"t","detail":"d"}' },
      ": d",
    ],
    ["nested error", { headers: json, body: '{"error":{"type":"x","message":"m"}}' }, ": m"],
    ["error text", { headers: json, body: '{"error":"e"}' }, ": e"],
    ["control characters", { body: "a\u001b[31m\r\nb\u202e" }, ": a [31m b"],
    ["HTML says nothing", { headers: { "content-type": "text/html" }, body: "<html>no</html>" }, ""],
    ["nothing", {}, ""],
    ["no known member", { headers: json, body: '{"code":7,"error":null}' }, ""],
    ["too deep to read", { headers: json, body: "[".repeat(20_000) }, `: ${"[".repeat(300)}…`],
  ];
  test.each(messages)("the message carries what the server says: %s", async (_name, answer, says) => {
    script = { status: 404, ...answer };
    expect((await faultOf(execute(callTo("/orders/17?token=secret")))).message).toBe(
      `GET ${server.url}/orders/17 answered 404${says}`,
    );
  });
  test("the excerpt is cut to 2 KB of whole characters, and secrets in it are blanked out", async () => {
    script = { status: 500, body: `s3cret ${"ä".repeat(5000)}` };
    const fault = await faultOf(execute(callTo(), { redact: (text) => text.replaceAll("s3cret", "[secret]") }));
    expect(Buffer.byteLength(fault.body ?? "")).toBeLessThanOrEqual(2048);
    expect(fault.body).toMatch(/^\[secret\] ä+$/);
    expect(fault.message).not.toContain("s3cret");
  });
  test("Retry-After in seconds is kept", async () => {
    script = { status: 429, headers: { "retry-after": "3" } };
    expect((await faultOf(execute(callTo()))).retryAfterMs).toBe(3000);
  });
  test("a 503 whose body breaks off is still a 503", async () => {
    script = { status: 503, end: "half" };
    expect(await faultOf(execute(callTo()))).toMatchObject({ status: 503, retryable: true, outcomeUnknown: false });
  });
});

test.each([
  ["0", 0],
  ["1", 1000],
  ["1.5", 1500],
  [" 7 ", 7000],
  ["Fri, 20 Nov 2026 10:00:05 GMT", 5000],
  ["Fri, 20 Nov 2026 09:00:00 GMT", 0],
  ["", null],
  ["soon", null],
  ["-1", null],
  ["1e3", null],
  ["2026", 2_026_000],
  [null, null],
])("Retry-After %j is %j ms", (value, expected) => {
  expect(parseRetryAfterMs(value, new Date("2026-11-20T10:00:00Z"))).toBe(expected);
});

describe("faults of the connection", () => {
  const cases: [string, Scripted, Partial<HttpExecution> | (() => Partial<HttpExecution>), object][] = [
    ["reset", { end: "reset" }, {}, { code: "tool_http_error", retryable: true, outcomeUnknown: true }],
    ["time-out", { end: "stall" }, { timeoutMs: 500 }, { code: "timed_out", retryable: true, outcomeUnknown: true }],
    [
      "an answer that breaks off",
      { end: "half" },
      {},
      { code: "tool_http_error", status: 200, retryable: true, outcomeUnknown: true },
    ],
    ["an answer over the limit", { body: "x".repeat(50_001) }, {}, { code: "tool_http_error", retryable: false }],
    [
      "cancelled",
      { end: "stall" },
      () => ({ signal: AbortSignal.timeout(100) }),
      { code: "cancelled", retryable: false, outcomeUnknown: true },
    ],
    [
      "cancelled before it began",
      {},
      { signal: AbortSignal.abort() },
      { code: "cancelled", retryable: false, outcomeUnknown: false },
    ],
  ];
  test.each(cases)("%s", async (_name, answer, execution, expected) => {
    script = answer;
    const options = typeof execution === "function" ? execution() : execution;
    expect(await faultOf(execute(callTo("/?token=s", { method: "POST", body: "x" }), options))).toMatchObject(expected);
  });
  test.each(["http://10.0.0.1/", "http://127.0.0.1:1/", "ftp://a.test/", "http://a:b@c.test/"])(
    "%s is refused: nothing was sent",
    async (url) => {
      const fault = await faultOf(execute(callTo("", { url, method: "POST" })));
      expect(fault).toMatchObject({
        code: "tool_request_refused",
        retryable: false,
        outcomeUnknown: false,
        status: null,
      });
    },
  );
  test.each([
    ...[301, 302, 303].map((redirect) => [redirect, 503, true] as const),
    [303, 404, true] as const,
    ...[307, 308].map((redirect) => [redirect, 503, false] as const),
  ])("%i answers a POST, and %i what it leads to: is the outcome unknown? %j", async (redirect, status, unknown) => {
    const door = await startLocalServer(({ url }, response) =>
      url === "/pay" ? response.writeHead(redirect, { location: "/paid" }).end() : response.writeHead(status).end(),
    );
    const fetch = createGuardedFetch({ allow: [`127.0.0.1:${door.port}`] });
    const fault = await faultOf(execute(callTo("", { url: `${door.url}/pay`, method: "POST" }), { fetch }));
    expect(fault).toMatchObject({ status, outcomeUnknown: unknown });
    await door.close();
  });
  test("a fetch that knows nothing about its connection counts as sent", async () => {
    const broken: typeof fetch = async () => Promise.reject(new TypeError("fetch failed"));
    expect(await faultOf(execute(callTo(), { fetch: broken }))).toMatchObject({
      retryable: true,
      outcomeUnknown: true,
    });
  });
  test("nobody listening: retryable and known not to be sent", async () => {
    const gone = await startLocalServer((_request, response) => response.end());
    await gone.close();
    const guarded = createGuardedFetch({ allow: [`127.0.0.1:${gone.port}`] });
    const fault = await faultOf(execute(callTo("", { url: `${gone.url}/x?t=1`, method: "POST" }), { fetch: guarded }));
    expect(fault).toMatchObject({
      retryable: true,
      outcomeUnknown: false,
      message: `POST ${gone.url}/x: connection refused`,
    });
  });
});
