import { afterEach, describe, expect, test } from "vitest";
import { Reprise, RepriseError, type RepriseOptions } from "#/lib/sdk/client.ts";
import { problem, runBody, startFakeService, type FakeService, type Handler } from "#/tests/support/fake-service.ts";

let service: FakeService;
afterEach(() => service.stop());

async function clientOf(handler: Handler, options: RepriseOptions = {}): Promise<Reprise> {
  service = await startFakeService(handler);
  return new Reprise({ apiKey: "rp_live_x", baseUrl: `${service.url}/`, ...options });
}

/** Answers with these in turn, then with the last. */
function inTurn(...replies: ReturnType<Handler>[]): Handler {
  let at = 0;
  return () => replies[Math.min(at++, replies.length - 1)] ?? {};
}

const failureOf = (promise: Promise<unknown>): Promise<RepriseError> =>
  promise.then(
    () => Promise.reject(new Error("should have failed")),
    (error: unknown) => error as RepriseError,
  );

describe("requests", () => {
  test("carry the key, and a query with repeated values and times", async () => {
    const client = await clientOf(() => ({ json: { data: [], hasMore: false, nextCursor: null } }));
    const from = new Date("2026-11-20T10:00:00Z");
    await client.runs.list({ status: ["failed", "cancelled"], workflow: "a b", from, limit: 5 });
    const [{ headers, path, query, method } = service.received[0]!] = service.received;
    expect({ method, path, authorization: headers.authorization }).toEqual({
      ...{ method: "GET", path: "/api/v1/runs", authorization: "Bearer rp_live_x" },
    });
    expect(query.toString()).toBe(
      "status=failed&status=cancelled&workflow=a+b&from=2026-11-20T10%3A00%3A00.000Z&limit=5",
    );
  });

  test("ids cannot leave their place in the path", async () => {
    const client = await clientOf(() => ({ json: runBody("x", "completed") }));
    await client.runs.retrieve("../api-keys?x=#");
    expect(service.received[0]?.path).toBe("/api/v1/runs/..%2Fapi-keys%3Fx%3D%23");
  });

  test("trigger sends payload and options, and the caller's idempotency key", async () => {
    const client = await clientOf(() => ({ status: 202, json: { id: "run_1" } }));
    const options = { idempotencyKey: "k1", delay: "3s", ttl: "1h", tags: ["a"], version: 2 };
    expect(await client.workflows.trigger("hello", { name: "Ada" }, options)).toEqual({ id: "run_1" });
    const [{ headers, body, path } = service.received[0]!] = service.received;
    expect(path).toBe("/api/v1/workflows/hello/runs");
    expect(headers["idempotency-key"]).toBe("k1");
    expect(JSON.parse(body)).toEqual({ payload: { name: "Ada" }, delay: "3s", ttl: "1h", tags: ["a"], version: 2 });
  });

  test("replay without options has an empty object as body", async () => {
    const client = await clientOf(() => ({ status: 202, json: { id: "run_2" } }));
    await client.runs.replay("run_1");
    expect(service.received[0]?.body).toBe("{}");
  });

  test.each([
    ["YAML", "name: x\nnodes: []\n", "application/yaml", "name: x\nnodes: []\n"],
    ["JSON text", '{"name":"x","n":1e400}', "application/json", '{"definition":{"name":"x","n":1e400}}'],
    ["an object", { name: "x" }, "application/json", '{"definition":{"name":"x"}}'],
  ])("a definition is pushed as it is written: %s", async (_name, source, type, body) => {
    const client = await clientOf(() => ({ status: 200, json: { version: 3, contentHash: "sha256:0" } }));
    expect(await client.workflows.push("x", source)).toMatchObject({ version: 3, created: false });
    expect(service.received[0]).toMatchObject({ body, headers: { "content-type": type } });
  });

  test.each([
    [{ apiKey: "" }, "apiKey"],
    [{ apiKey: "a b" }, "apiKey"],
    [{ apiKey: "a\nb" }, "apiKey"],
    [{ baseUrl: "" }, "baseUrl"],
    [{ baseUrl: "localhost:3000" }, "baseUrl"],
    [{ baseUrl: "ftp://x" }, "baseUrl"],
    [{ baseUrl: "https://user:pw@x" }, "baseUrl"],
    [{ baseUrl: "https://x/?a=1" }, "baseUrl"],
  ])("what cannot be a key or an address is refused at once: %j", async (options, named) => {
    service = await startFakeService(() => ({}));
    expect(() => new Reprise({ apiKey: "k", baseUrl: "https://x", ...options })).toThrow(named);
  });
});

describe("errors", () => {
  test("a problem becomes a RepriseError with all of its members", async () => {
    const errors = [{ path: "body.mode", message: "no" }];
    const reply = problem(400, "validation_failed", { "x-should-retry": "false" }, { errors, details: { a: 1 } });
    const error = await failureOf((await clientOf(() => reply)).runs.retrieve("r"));
    expect(error).toBeInstanceOf(RepriseError);
    expect(error).toMatchObject({ code: "validation_failed", status: 400, requestId: "req_fake", retryAfterMs: null });
    expect(error).toMatchObject({ message: "says validation_failed", errors, details: { a: 1 } });
  });

  test("a quota that needs a longer wait is an error that names it", async () => {
    const reply = problem(429, "replay_quota_exceeded", { "retry-after": "41", "x-should-retry": "true" });
    const error = await failureOf((await clientOf(() => reply)).runs.replay("r"));
    expect(error).toMatchObject({ code: "replay_quota_exceeded", status: 429, retryAfterMs: 41_000 });
    expect(service.received).toHaveLength(1);
  });

  test.each([
    ["HTML", { status: 404, text: "<html>" }],
    ["a redirect", { status: 302, headers: { location: "https://elsewhere.example/" } }],
    ["success that is no JSON", { text: "<html>" }],
    ["a run of another server", { json: runBody("r", "completed"), headers: { "request-id": "" } }],
    ["another server's id of the request", { json: runBody("r", "completed"), headers: { "request-id": "7f3c" } }],
    ["nothing", { text: "", headers: { "request-id": "" } }],
  ])("an answer that is not the service's is unexpected_answer: %s", async (_name, reply) => {
    const error = await failureOf((await clientOf(() => reply)).runs.retrieve("r"));
    expect(error.code).toBe("unexpected_answer");
    expect(service.received).toHaveLength(1);
  });

  test("no connection is connection_failed, without a status", async () => {
    const client = await clientOf(() => ({}), { maxRetries: 0 });
    await service.stop();
    expect(await failureOf(client.runs.retrieve("r"))).toMatchObject({ code: "connection_failed", status: null });
  });

  test("no answer in time is request_timed_out", async () => {
    const client = await clientOf(() => () => {}, { maxRetries: 0, timeoutMs: 50 });
    expect((await failureOf(client.runs.retrieve("r"))).code).toBe("request_timed_out");
  });

  test("an abort rejects with the signal's reason, in a wait between attempts too", async () => {
    const client = await clientOf(() => problem(503, "unavailable", { "retry-after": "5" }));
    const reason = new Error("enough");
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);
    expect(await failureOf(client.runs.retrieve("r", { signal: stop.signal }))).toBe(reason);
  });
});

describe("retries", () => {
  const once = () =>
    inTurn(problem(503, "unavailable", { "retry-after": "0", "x-should-retry": "true" }), {
      json: runBody("r", "running"),
    });

  test("a GET is repeated after 503", async () => {
    expect(await (await clientOf(once())).runs.retrieve("r")).toMatchObject({ id: "r" });
    expect(service.received).toHaveLength(2);
  });

  test("a POST is repeated with the same Idempotency-Key, which another call does not get", async () => {
    const client = await clientOf(once());
    await client.runs.cancel("r");
    await client.runs.cancel("r");
    const keys = service.received.map((request) => request.headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{20,255}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  test("a broken connection is repeated", async () => {
    const broken: Handler = inTurn((response) => void response.destroy(), { json: runBody("r", "running") });
    expect(await (await clientOf(broken)).runs.retrieve("r")).toMatchObject({ id: "r" });
  });

  test("a body that breaks off is repeated", async () => {
    const half: Handler = inTurn(
      (response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("{");
        setTimeout(() => response.destroy(), 10);
      },
      { json: runBody("r", "running") },
    );
    expect(await (await clientOf(half)).runs.retrieve("r")).toMatchObject({ id: "r" });
  });

  test.each([
    ["DELETE", (client: Reprise) => client.prompts.delete("p")],
    ["PATCH", (client: Reprise) => client.models.update("a:b", { retired: true })],
  ])("%s is not repeated: its second attempt could report what the first did", async (_method, call) => {
    await failureOf(call(await clientOf(once())));
    expect(service.received).toHaveLength(1);
  });

  test("maxRetries is the number of further attempts", async () => {
    const client = await clientOf(() => problem(503, "unavailable", { "retry-after": "0" }), { maxRetries: 3 });
    await failureOf(client.runs.retrieve("r"));
    expect(service.received).toHaveLength(4);
  });
});

describe("lists", () => {
  const pages: Handler = ({ query }) => {
    const at = Number(query.get("cursor") ?? 0);
    const data = [at * 2, at * 2 + 1].map((n) => runBody(`run_${n}`, "completed"));
    return { json: { data, hasMore: at < 2, nextCursor: at < 2 ? String(at + 1) : null } };
  };

  test("a page knows whether there is a next one, and gives it with the same filter", async () => {
    const client = await clientOf(pages);
    let page = await client.runs.list({ status: "completed" });
    const seen = page.data.map((run) => run.id);
    while (page.hasNextPage()) {
      page = await page.getNextPage();
      seen.push(...page.data.map((run) => run.id));
    }
    expect(seen).toEqual(["run_0", "run_1", "run_2", "run_3", "run_4", "run_5"]);
    expect(service.received.map(({ query }) => query.get("status"))).toEqual(["completed", "completed", "completed"]);
    await expect(page.getNextPage()).rejects.toThrow("no next page");
  });

  test("both the call and a page iterate over the items of all pages", async () => {
    const client = await clientOf(pages);
    const fromCall = [];
    for await (const run of client.runs.list()) fromCall.push(run.id);
    const fromPage = [];
    for await (const run of await client.runs.list()) fromPage.push(run.id);
    expect(fromCall).toHaveLength(6);
    expect(fromPage).toEqual(fromCall);
  });

  test("items have their flags; leaving the loop early asks for no further page", async () => {
    const client = await clientOf(pages);
    for await (const run of client.runs.list()) {
      expect(run.isSuccess).toBe(true);
      break;
    }
    expect(service.received).toHaveLength(1);
  });
});

describe("poll", () => {
  test("returns the run as soon as it has ended, however it ended", async () => {
    const states = ["pending", "running", "failed"].map((status) => ({ json: runBody("r", status) }));
    const run = await (await clientOf(inTurn(...states))).runs.poll("r", { intervalMs: 1 });
    expect(run).toMatchObject({ status: "failed", isFailed: true, isCompleted: true });
    expect(service.received).toHaveLength(3);
  });

  test("throws wait_timed_out after timeoutMs", async () => {
    const client = await clientOf(() => ({ json: runBody("r", "running") }));
    const error = await failureOf(client.runs.poll("r", { intervalMs: 20, timeoutMs: 500 }));
    expect(error).toMatchObject({ code: "wait_timed_out", details: { runId: "r", status: "running" } });
    expect(service.received.length).toBeGreaterThan(2);
  });

  const away = [problem(503, "unavailable"), problem(500, "internal"), problem(429, "too_many_requests")];

  test("asks again while the service is away, once it has answered, and tells what each poll read", async () => {
    const states = ["running", "completed"].map((status) => ({ json: { id: "b", status } }));
    const client = await clientOf(inTurn(states[0]!, ...away, ...states), { maxRetries: 0 });
    const seen: string[] = [];
    const onPoll = ({ status }: { status: string }) => void seen.push(status);
    expect(await client.runs.bulk.poll("b", { intervalMs: 1, onPoll })).toMatchObject({ status: "completed" });
    expect(seen).toEqual(["running", "running", "completed"]);
  });

  test.each([
    ["a service that is away from the start", [problem(503, "unavailable")], "unavailable"],
    ["a run that is deleted meanwhile", [{ json: runBody("r", "running") }, problem(404, "not_found")], "not_found"],
  ] as const)("throws for %s", async (_name, replies, code) => {
    const client = await clientOf(inTurn(...replies), { maxRetries: 0 });
    expect(await failureOf(client.runs.poll("r", { intervalMs: 1 }))).toMatchObject({ code });
  });
});
