import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CallOptions } from "#/lib/models/chat.ts";
import { callModel } from "#/lib/models/gateway.ts";
import { ModelCallError } from "#/lib/models/model-call-error.ts";
import {
  accessTo,
  callOptions,
  formats,
  question,
  sendEvents,
  startWireServer,
  type WireServer,
} from "./wire-server.ts";

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

describe.each(formats)("$path", (format) => {
  const call = (options: Partial<CallOptions> = {}) =>
    callModel(accessTo(server, format), question, callOptions(options));
  const failure = (options: Partial<CallOptions> = {}) =>
    call(options).then(
      () => expect.unreachable("the attempt succeeded"),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ModelCallError);
        expect(`${(error as Error).message}`).not.toContain("tenant-key-1");
        expect(server.seen.length).toBeLessThanOrEqual(1);
        return error as ModelCallError;
      },
    );
  const untilText = format.events.findIndex((event) => event.includes(" world")) + 1;

  test("a whole answer gives text, deltas, usage with the total input, model and request id", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events);
      response.end();
    });
    const deltas: string[] = [];
    const answer = await call({ onDelta: (text) => deltas.push(text) });
    expect(deltas).toEqual(["Hello", " world"]);
    expect(answer).toMatchObject({
      text: "Hello world",
      stopReason: "end",
      usage: { inputTokens: 20, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 7, reasoningTokens: 2 },
      responseModel: "wire-model",
      providerRequestId: "req_1",
    });
    expect(answer.timeToFirstTokenMs).toBeGreaterThanOrEqual(0);
    expect(server.seen[0]?.path).toBe(format.path);
  });

  test("a connection that breaks after the terminal event does not undo the answer", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events);
      response.destroy();
    });
    expect((await call()).text).toBe("Hello world");
  });

  test("a stream that stays open after the terminal event does not hold the answer back", async () => {
    server.answer((response) => sendEvents(response, format.events));
    expect((await call({ idleTimeoutMs: 3000 })).text).toBe("Hello world");
  });

  test("an answer in one byte pieces is the same answer", async () => {
    server.answer((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const byte of Buffer.from(format.events.join(""))) response.write(Buffer.of(byte));
      response.end();
    });
    expect((await call()).text).toBe("Hello world");
  });

  test("a stream cut cleanly before its terminal event is a failed attempt, wherever it is cut", async () => {
    for (let kept = 0; kept < format.events.length; kept += 1) {
      server.answer(async (response) => {
        await sendEvents(response, format.events.slice(0, kept));
        response.end();
      });
      const error = await failure();
      expect(error).toMatchObject({ code: "provider_stream_incomplete", retryable: true, status: null });
      expect(error.partialText).toBe(kept >= untilText ? "Hello world" : kept === untilText - 1 ? "Hello" : "");
      expect(error.providerRequestId).toBe("req_1");
    }
  });

  test("a socket reset mid-stream keeps the partial text", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events.slice(0, untilText), 10);
      response.socket?.resetAndDestroy();
    });
    expect(await failure()).toMatchObject({
      code: "provider_stream_incomplete",
      retryable: true,
      partialText: "Hello world",
    });
  });

  test("malformed JSON in the stream fails the attempt without logging it", async () => {
    server.answer(async (response) => {
      await sendEvents(response, [
        ...format.events.slice(0, untilText),
        'event: x\ndata: {"type": "secret-content\n\n',
        ...format.events.slice(untilText),
      ]);
      response.end();
    });
    expect(await failure()).toMatchObject({
      code: "provider_stream_incomplete",
      retryable: true,
      partialText: "Hello world",
    });
  });

  test.each([
    ["overloaded_error", true],
    ["rate_limit_exceeded", true],
    ["server_error", true],
    ["something_new", true],
    ["invalid_request_error", false],
    ["authentication_error", false],
    ["invalid_prompt", false],
  ])("an error event inside a 200 stream (%s) fails the attempt, retryable: %s", async (type, retryable) => {
    server.answer(async (response) => {
      await sendEvents(response, [...format.events.slice(0, untilText), format.errorEvent(type)]);
      response.end();
    });
    const error = await failure();
    expect(error).toMatchObject({ code: "provider_error", status: null, retryable, partialText: "Hello world" });
    expect(error.message).toContain("told by the provider");
  });

  test("a stall mid-stream ends at the idle timeout and closes the socket", async () => {
    server.answer((response) => sendEvents(response, format.events.slice(0, untilText)));
    const error = await failure({ idleTimeoutMs: 1000 });
    expect(error).toMatchObject({ code: "provider_idle_timeout", retryable: true, partialText: "Hello world" });
    await expect.poll(() => server.seen[0]?.closedAt).not.toBeNull();
  });

  test("bytes of any kind keep an attempt alive past the idle timeout", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events.slice(0, untilText));
      for (let i = 0; i < 5; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        response.write(": still here\n\n");
      }
      response.end(format.events.slice(untilText).join(""));
    });
    expect((await call({ idleTimeoutMs: 1200 })).text).toBe("Hello world");
  });

  test.each(["before headers", "mid-stream"])("the deadline covers the whole attempt: %s", async (when) => {
    server.answer(async (response) => {
      if (when === "mid-stream") await sendEvents(response, format.events.slice(0, untilText));
    });
    const error = await failure({ timeoutMs: 200 });
    expect(error).toMatchObject({ code: "timed_out", retryable: false });
    await expect.poll(() => server.seen[0]?.closedAt).not.toBeNull();
  });

  test.each(["before headers", "mid-stream"])("a cancel closes the provider's socket: %s", async (when) => {
    const reached = new EventTarget();
    server.answer(async (response) => {
      if (when === "mid-stream") await sendEvents(response, format.events.slice(0, untilText));
      reached.dispatchEvent(new Event("now"));
    });
    const controller = new AbortController();
    const failed = failure({ signal: controller.signal });
    await once(reached, "now");
    await new Promise((resolve) => setTimeout(resolve, 30));
    controller.abort();
    expect(await failed).toMatchObject({ code: "cancelled", retryable: false });
    await expect.poll(() => server.seen[0]?.closedAt).not.toBeNull();
  });

  test("an attempt that is cancelled before it begins sends nothing", async () => {
    server.answer((response) => void response.end());
    expect(await failure({ signal: AbortSignal.abort() })).toMatchObject({ code: "cancelled" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(server.seen).toHaveLength(0);
  });

  test.each([
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [409, false],
    [413, false],
    [422, false],
    [408, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [529, true],
  ])("HTTP %i is one request, retryable: %s", async (status, retryable) => {
    server.answer((response) => {
      response.writeHead(status, { "content-type": "application/json", "retry-after": "7", "request-id": "req_9" });
      response.end(JSON.stringify(format.errorBody));
    });
    const error = await failure();
    expect(error).toMatchObject({
      code: "provider_error",
      status,
      retryable,
      retryAfterMs: retryable ? 7000 : null,
      providerRequestId: "req_9",
    });
    expect(error.message).toContain(`acme answered ${status}: told by the provider`);
    expect(server.seen).toHaveLength(1);
  });

  test("a refusal that is no JSON, or endless, is still a clear error", async () => {
    server.answer((response) => {
      response.writeHead(503, { "content-type": "text/html" });
      const flood = setInterval(() => response.write("<p>busy</p>".repeat(1000)), 1);
      response.on("close", () => clearInterval(flood));
    });
    const error = await failure();
    expect(error).toMatchObject({ status: 503, retryable: true });
    expect(error.message.length).toBeLessThan(600);
  });

  test("x-should-retry: false is obeyed", async () => {
    server.answer((response) => void response.writeHead(429, { "x-should-retry": "false" }).end("{}"));
    expect(await failure()).toMatchObject({ status: 429, retryable: false });
  });

  test("a redirect is refused and the prompt goes nowhere else", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      server.answer((response) => void response.writeHead(status, { location: `${server.url}/elsewhere` }).end());
      expect(await failure()).toMatchObject({ code: "provider_error", retryable: false });
      expect(server.seen.map((request) => request.path)).toEqual([format.path]);
    }
  });

  test("no connection is retryable and says why", async () => {
    server.answer(() => {});
    const closed = await startWireServer();
    await closed.close();
    const error = await callModel(accessTo(closed, format), question, callOptions()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "provider_error", status: null, retryable: true });
    expect((error as Error).message).toBe("No connection to acme (ECONNREFUSED).");
  });

  test("nothing of the process's environment goes out with a tenant's call", async () => {
    const leaks = {
      ANTHROPIC_CUSTOM_HEADERS: "x-leak: env-leak\nauthorization: Bearer env-leak",
      ANTHROPIC_API_KEY: "env-leak",
      ANTHROPIC_AUTH_TOKEN: "env-leak",
      ANTHROPIC_BASE_URL: "http://127.0.0.1:9/env-leak",
      OPENAI_CUSTOM_HEADERS: "x-leak: env-leak\nauthorization: Bearer env-leak",
      OPENAI_API_KEY: "env-leak",
      OPENAI_ADMIN_KEY: "env-leak",
      OPENAI_ORG_ID: "env-leak",
      OPENAI_PROJECT_ID: "env-leak",
      OPENAI_BASE_URL: "http://127.0.0.1:9/env-leak",
    };
    const before = { ...process.env };
    Object.assign(process.env, leaks);
    try {
      server.answer(async (response) => {
        await sendEvents(response, format.events);
        response.end();
      });
      await call();
    } finally {
      process.env = before;
    }
    const { headers, path } = server.seen[0] ?? {};
    expect(path).toBe(format.path);
    expect(JSON.stringify(headers)).not.toContain("env-leak");
    expect(headers?.authorization).toBe("Bearer tenant-key-1");
    expect(Object.keys(headers ?? {}).toSorted()).toEqual(
      [
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "sec-fetch-mode",
        "user-agent",
        ...(format.kind === "anthropic" ? ["anthropic-version"] : []),
      ].toSorted(),
    );
  });

  test("an event of a million values is not parsed: the attempt fails for good", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events.slice(0, untilText));
      response.end(`data: {"type":"ping","x":[${"{},".repeat(1_000_000)}0]}\n\n`);
    });
    const { code, message, retryable, partialText } = await failure();
    expect({ code, retryable, partialText }).toEqual({
      code: "provider_error",
      retryable: false,
      partialText: "Hello world",
    });
    expect(message).toMatch(/ sent an event of more than 200000 values\.$/);
  });

  test("a server that needs no key gets no authorization", async () => {
    server.answer(async (response) => {
      await sendEvents(response, format.events);
      response.end();
    });
    await callModel({ ...accessTo(server, format), apiKey: "" }, question, callOptions());
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });
});
