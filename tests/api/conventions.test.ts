import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { Problem } from "#/lib/contract/problem.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
let api: ReturnType<typeof restApi>;
let key: string;
let otherKey: string;
beforeAll(async () => {
  [tenant, other, api] = [await createTenant(), await createTenant(), restApi()];
  const all = ["runs:read", "runs:write", "replays:write", "workflows:write", "ingest", "admin", "account"] as const;
  key = (await createApiKey(tenant.system, { name: "all", scopes: [...all] })).secret;
  otherKey = (await createApiKey(other.system, { name: "all", scopes: [...all] })).secret;
});
const name = () => `prompt ${Math.random()}`;
const post = (path: string, body: unknown, headers: Record<string, string> = {}, as = key) =>
  api.call("POST", path, { key: as, body, headers });

describe("answers", () => {
  test("carry a request id of ours, never the client's, and are not cached", async () => {
    const ids = new Set<string>();
    for (const headers of [{}, { "request-id": "mine" }, { "x-request-id": "mine" }]) {
      const ok = await api.call("GET", "/prompts", { key, headers });
      const bad = await api.call("GET", "/prompts?limit=0", { key, headers });
      expect(bad.problem.requestId).toBe(bad.headers.get("request-id"));
      for (const { headers: sent } of [ok, bad]) {
        ids.add(sent.get("request-id") ?? "");
        expect(sent.get("cache-control")).toBe("no-store");
      }
    }
    expect(ids.size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^req_/);
  });

  test("to a method that the resource does not take are 405 with Allow, as a problem", async () => {
    const paths = new Map<string, Set<string>>();
    for (const { path, method } of allOperations) paths.set(path, (paths.get(path) ?? new Set()).add(method));
    for (const [template, taken] of paths) {
      const path = template.replace(/\{\w+\}/g, "x");
      for (const method of api.methods) {
        if (taken.has(method)) continue;
        const { status, problem, headers } = await api.call(method, path, { key });
        expect([status, problem.code]).toEqual([405, "method_not_allowed"]);
        expect(headers.get("allow")?.split(", ").sort()).toEqual([...taken].sort());
      }
    }
  });

  test("to an unknown path are a problem, not a page", async () => {
    for (const path of ["/nope", "", "/", "/runs/a/b", "/r%75ns", "/runs//events"])
      for (const method of api.methods) {
        const { status, headers, problem } = await api.call(method, path, { key });
        expect([path, status, headers.get("content-type")]).toEqual([path, 404, "application/problem+json"]);
        expect(Problem.parse(problem).code).toBe("not_found");
      }
  });
});

describe("requests", () => {
  test.each([
    ["limit=0", "query.limit"],
    ["limit=101", "query.limit"],
    ["limit=x", "query.limit"],
    ["limit=1&limit=2", "query.limit"],
    ["cursor=x", "query.cursor"],
    ["cursor=", "query.cursor"],
    ["cursor=%00", "query.cursor"],
  ])("?%s is refused, naming %s", async (query, path) => {
    for (const list of ["/prompts", "/runs", "/workflows", "/models", "/api-keys", "/members", "/audit-events"]) {
      const { status, problem } = await api.call("GET", `${list}?${query}`, { key });
      expect([list, status, problem.code, problem.errors?.[0]?.path]).toEqual([list, 400, "validation_failed", path]);
    }
  });

  test.each(["status=nope", "status=failed&status=nope", "from=yesterday", "version=0", "mode=x"])(
    "/runs?%s is refused",
    async (query) => {
      expect((await api.call("GET", `/runs?${query}`, { key })).problem).toMatchObject({
        status: 400,
        code: "validation_failed",
      });
    },
  );

  test("one status or several filter runs", async () => {
    for (const query of ["status=failed", "status=failed&status=completed"])
      expect((await api.call("GET", `/runs?${query}`, { key })).status).toBe(200);
  });

  test("with a body of another type, malformed, unknown fields, or none are refused, each with its code", async () => {
    const cases: [unknown, Record<string, string>, number, string][] = [
      ["{", {}, 400, "body"],
      ["[]", {}, 400, "body"],
      ['{"name":"x"}', {}, 400, "body.text"],
      [{ name: "x", text: "y", extra: 1 }, {}, 400, "body.extra"],
      [{ name: "x", text: "y\u0000" }, {}, 400, "body.text"],
      [{ name: "x", text: "\ud800" }, {}, 400, "body.text"],
      [undefined, {}, 400, "body"],
    ];
    for (const [body, headers, status, path] of cases) {
      const { problem } = await post("/prompts", body, headers);
      expect([problem.status, problem.code, problem.errors?.[0]?.path]).toEqual([status, "validation_failed", path]);
    }
    const typed = await post("/prompts", "name=x", { "content-type": "application/x-www-form-urlencoded" });
    expect([typed.status, typed.problem.code]).toEqual([415, "unsupported_media_type"]);
    const large = await post("/prompts", { name: "x", text: "x".repeat(11 * 1024 * 1024) });
    expect([large.status, large.problem.code]).toEqual([413, "payload_too_large"]);
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"])(
    "that hold the name %s, which nothing declares, are refused by it",
    async (name) => {
      for (const path of ["/runs", "/prompts", "/audit-events", "/members"])
        expect((await api.call("GET", `${path}?${name}=x`, { key })).problem).toMatchObject({
          status: 400,
          code: "validation_failed",
          errors: [{ path: `query.${name}`, message: "unknown field" }],
        });
      const twice = await api.call("GET", `/runs?${name}=x&${name}=y&workspace=x`, { key });
      expect([twice.status, twice.problem.errors?.[0]?.path]).toEqual([400, `query.${name}`]);
      for (const value of ['"x"', "null", '{"polluted":1}']) {
        const { problem } = await post("/prompts", `{"name":"x","text":"y","${name}":${value}}`);
        expect([problem.status, problem.errors?.[0]?.path]).toEqual([400, `body.${name}`]);
      }
    },
  );

  test("with U+0000 in any text are the client's fault, never ours", async () => {
    const sent: ["POST" | "PUT" | "PATCH", string, unknown][] = [
      ["POST", "/api-keys", { name: "a\u0000", scopes: ["runs:read"] }],
      ["POST", "/prompts", { name: "a\u0000", text: "x" }],
      ["POST", "/members", { email: "a@example.com", name: "a\u0000b", role: "viewer" }],
      ["PUT", "/environments/production/variables", { variables: { A: "\u0000" } }],
      ["PUT", "/policies", { allowedModels: ["a:\u0000"] }],
    ];
    for (const [method, path, body] of sent)
      expect((await api.call(method, path, { key, body })).problem).toMatchObject({
        status: 400,
        code: "validation_failed",
      });
    for (const path of ["/runs/%00", "/prompts/%00", "/prompts/a%00b/revisions/x", "/runs?q=%00"])
      expect([400, 404]).toContain((await api.call("GET", path, { key })).status);
  });
});

describe("what could not be stored as it was sent is refused, naming the field", () => {
  const node = { id: "a", type: "transform", value: "{{ trigger }}" };
  const input = { type: "object", required: ["a"] };
  beforeAll(async () => {
    for (const [slug, more] of Object.entries({ keep: {}, strict: { input } }))
      await post("/workflows", { slug, definition: { name: slug, nodes: [node], output: "{{ trigger }}", ...more } });
  });
  const refusal = async (method: "POST" | "PUT" | "PATCH", path: string, body: unknown) => {
    const { problem } = await api.call(method, path, { key, body });
    return [problem.status, problem.code, problem.errors?.map((fault) => fault.path)];
  };

  type Case = [method: "POST" | "PUT" | "PATCH", path: string, at: string, body: (odd: string) => object];
  test.each<Case>([
    ["POST", "/workflows/keep/runs", "tags[1]", (odd) => ({ tags: ["a", odd] })],
    ["POST", "/workflows/keep/runs", "concurrencyKey", (odd) => ({ concurrencyKey: odd })],
    ["POST", "/workflows/keep/pause", "reason", (odd) => ({ reason: odd })],
    ["POST", "/workflows/keep/unpause", "reason", (odd) => ({ reason: odd })],
    ["POST", "/workflows", "name", (odd) => ({ slug: "odd", name: odd, definition: { name: "x", nodes: [node] } })],
    ["POST", "/members", "name", (odd) => ({ email: "a@example.com", name: odd, role: "viewer" })],
    ["POST", "/api-keys", "name", (odd) => ({ name: odd, scopes: ["runs:read"] })],
    ["POST", "/prompts", "name", (odd) => ({ name: odd, text: "x" })],
    ["POST", "/prompts", "text", (odd) => ({ name: "x", text: odd })],
    ["POST", "/models", "id", (odd) => ({ id: odd, provider: "acme" })],
    ["POST", "/models", "name", (odd) => ({ id: "x", provider: "acme", name: odd })],
    [
      "POST",
      "/tools",
      "description",
      (odd) => ({ name: "x", description: odd, http: { method: "GET", url: "http://a" } }),
    ],
    ["POST", "/mcp-servers", "url", (odd) => ({ name: "x", url: `http://127.0.0.1:1/${odd}` })],
    ["PUT", "/providers/acme", "baseUrl", (odd) => ({ apiKey: "k", baseUrl: `http://127.0.0.1:1/${odd}` })],
    ["PUT", "/environments/x/variables", "variables.A", (odd) => ({ variables: { A: odd } })],
    ["PUT", "/environments/x/variables", "variables.A.value", (odd) => ({ variables: { A: { value: odd } } })],
    ["PUT", "/node-mappings", "workflow", (odd) => ({ workflow: odd, from: 1, to: 2, pairs: {} })],
    ["PUT", "/policies", "allowedModels[0]", (odd) => ({ allowedModels: [odd] })],
    [
      "POST",
      "/mutation-grants",
      "reason",
      (odd) => ({ workflow: "keep", nodeIds: ["a"], durationMs: 1000, reason: odd }),
    ],
    ["POST", "/runs/run_x/approvals/span_x", "comment", (odd) => ({ decision: "approve", comment: odd })],
    [
      "POST",
      "/runs/run_x/replay",
      "prompt.artifactId",
      (odd) => ({ mode: "prompt", prompt: { artifactId: odd, contentHash: "x" } }),
    ],
    ["POST", "/runs/run_x/replay/preflight", "fromNodeId", (odd) => ({ fromNodeId: odd })],
  ])("%s %s: %s", async (method, path, at, body) => {
    for (const odd of ["a\u0000b", "\ud800", "a\udc00b"])
      expect(await refusal(method, path, body(odd))).toEqual([400, "validation_failed", [`body.${at}`]]);
  });

  test("text of other planes is kept as it was sent", async () => {
    const { body } = await post("/workflows/keep/runs", { tags: ["😀 \u2028"], concurrencyKey: "𝒳" });
    expect((await api.call("GET", `/runs/${body.id}`, { key })).body.tags).toEqual(["😀 \u2028"]);
  });

  test("an entry called __proto__", async () => {
    const odd = (value: string) => JSON.parse(`{"B":${value},"__proto__":${value}}`) as object;
    const server = { name: "x", url: "http://127.0.0.1:1/mcp" };
    const http = { method: "GET", url: "http://a.example/", headers: odd('"x"') };
    const definition = { name: "x", nodes: [{ id: "a", type: "tool", http }], tools: odd('{"builtin":"now"}') };
    expect([
      await refusal("PUT", "/environments/x/variables", { variables: odd('"x"') }),
      await refusal("PUT", "/environments/x/variables", { variables: odd('{"value":"x"}') }),
      await refusal("POST", "/mcp-servers", { ...server, headers: odd('"x"') }),
      await refusal("PATCH", "/mcp-servers/mcp_x", { trusted: true, definitions: odd('"x"') }),
    ]).toEqual(
      ["variables", "variables", "headers", "definitions"].map((field) => [
        400,
        "validation_failed",
        [`body.${field}.__proto__`],
      ]),
    );
    const refused = await post("/workflows", { slug: "odd", definition });
    expect(refused.problem).toMatchObject({ status: 422, code: "workflow_invalid" });
    const paths = refused.problem.errors?.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["tools.__proto__", "nodes[0].http.headers.__proto__"]));
  });

  test.each([
    ["too far away", "2090-11-21T10:00:00"],
    ["on a day that does not exist", "2027-02-30T10:00:00Z"],
    ["with an offset without a colon", "2027-01-01T00:00:00+0100"],
    ["at 25 o'clock", "2027-01-01T25:00:00Z"],
    ["nothing", ""],
    ["a word", "tomorrow"],
  ])("a delay until a time %s", async (_what, delay) => {
    const { body } = await post("/workflows/keep/runs", { delay: "1h" });
    for (const path of ["/workflows/keep/runs", `/runs/${body.id}/reschedule`])
      expect(await refusal("POST", path, { delay })).toEqual([400, "validation_failed", ["body.delay"]]);
  });

  test("a delay until an RFC 3339 time of any zone, a time without one (UTC) or a day is taken, and so is a duration", async () => {
    const { body } = await post("/workflows/keep/runs", { delay: "1h" });
    const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const zoned = [`${day}T10:00:00Z`, `${day}T10:00:00.123456+05:30`, `${day}T00:00:00-00:00`, `${day}T10:00Z`];
    for (const delay of [...zoned, `${day} 00:00:00`, `${day}T10:00`, day, "1h30m"]) {
      expect((await post("/workflows/keep/runs", { delay })).status).toBe(202);
      expect((await post(`/runs/${body.id}/reschedule`, { delay })).status).toBe(200);
    }
  });

  test("a payload that does not fit the input; null is a payload, and none is {}", async () => {
    const { problem } = await post("/workflows/strict/runs", { payload: { b: 1 } });
    expect(problem.detail).toBe("The payload does not fit the workflow's input: payload.a: required");
    expect(await refusal("POST", "/workflows/strict/runs", { payload: { b: 1 } })).toEqual([
      422,
      "payload_invalid",
      ["body.payload.a"],
    ]);
    expect(await refusal("POST", "/workflows/strict/runs", { payload: null })).toEqual([
      422,
      "payload_invalid",
      ["body.payload"],
    ]);
    for (const [sent, stored] of [
      [{ payload: null }, null],
      [{ payload: false }, false],
      [{}, {}],
    ]) {
      const { body } = await post("/workflows/keep/runs", sent);
      expect((await api.call("GET", `/runs/${body.id}`, { key })).body.payload).toEqual(stored);
    }
  });
});

describe("a safety pause", () => {
  test("and its end are audited with their reasons; the end may have none", async () => {
    await post("/workflows", {
      slug: "paused",
      definition: { name: "x", nodes: [{ id: "a", type: "transform", value: 1 }] },
    });
    for (const [verb, body] of [
      ["pause", { reason: "it errs" }],
      ["unpause", { reason: " mended " }],
      ["pause", { reason: "again" }],
      ["unpause", undefined],
    ] as const) {
      const { status, body: workflow } = await api.call("POST", `/workflows/paused/${verb}`, { key, body });
      expect([status, workflow.paused?.reason]).toEqual([200, verb === "pause" ? body?.reason : undefined]);
    }
    for (const body of [{ reason: "" }, { reason: " " }, { reason: "x".repeat(501) }, { reason: 1 }, { why: "x" }])
      expect((await post("/workflows/paused/unpause", body)).status).toBe(400);
    const { body } = await api.call("GET", "/audit-events?limit=100", { key });
    const events = body.data.filter(({ action }: { action: string }) => /^workflow\.(un)?paused$/.test(action));
    expect(events.map(({ action, details }: { action: string; details: object }) => [action, details])).toEqual([
      ["workflow.unpaused", { slug: "paused" }],
      ["workflow.paused", { slug: "paused", reason: "again" }],
      ["workflow.unpaused", { slug: "paused", reason: "mended" }],
      ["workflow.paused", { slug: "paused", reason: "it errs" }],
    ]);
  });
});

describe("Idempotency-Key", () => {
  test("gives the first result again, to another spelling of the same body too, and marks it", async () => {
    const headers = { "idempotency-key": "k1" };
    const prompt = name();
    const first = await post("/prompts", { name: prompt, text: "x" }, headers);
    const again = await post("/prompts", ` { "text": "x", "name": ${JSON.stringify(prompt)} } `, headers);
    expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([201, null]);
    expect([again.status, again.headers.get("idempotent-replayed"), again.body]).toEqual([201, "true", first.body]);
    expect(again.headers.get("location")).toBe(first.headers.get("location"));
    expect(again.headers.get("request-id")).not.toBe(first.headers.get("request-id"));
  });

  test("with another body is 422; a refused request has not burned it", async () => {
    const headers = { "idempotency-key": "k2" };
    const taken = name();
    await post("/prompts", { name: taken, text: "x" });
    expect((await post("/prompts", { name: taken, text: "x" }, headers)).status).toBe(409);
    expect((await post("/prompts", { name: "" }, headers)).status).toBe(400);
    expect((await post("/prompts", { name: name(), text: "x" }, headers)).status).toBe(201);
    const reused = await post("/prompts", { name: name(), text: "x" }, headers);
    expect([reused.status, reused.problem.code, reused.headers.get("x-should-retry")]).toEqual([
      422,
      "idempotency_key_reused",
      "false",
    ]);
  });

  test("belongs to a workspace and a route", async () => {
    const headers = { "idempotency-key": "k3" };
    const body = { name: name(), text: "x" };
    const mine = await post("/prompts", body, headers);
    const theirs = await post("/prompts", body, headers, otherKey);
    expect([mine.status, theirs.status, theirs.headers.get("idempotent-replayed")]).toEqual([201, 201, null]);
    expect(theirs.body.id).not.toBe(mine.body.id);
    expect((await post(`/prompts/${mine.body.id}/revisions`, { text: "y" }, headers)).status).toBe(201);
  });

  test.each(["", "x".repeat(256), "ä"])("%.5j is refused", async (text) => {
    const { problem } = await post("/prompts", { name: name(), text: "x" }, { "idempotency-key": text });
    expect(problem).toMatchObject({ code: "validation_failed", errors: [{ path: "header.Idempotency-Key" }] });
  });

  test("50 at once make one prompt", async () => {
    const headers = { "idempotency-key": "k4" };
    const body = { name: name(), text: "x" };
    const results = await Promise.all(Array.from({ length: 50 }, () => post("/prompts", body, headers)));
    const made = new Set(results.filter(({ status }) => status === 201).map((result) => result.body.id));
    expect(made.size).toBe(1);
    for (const { status, problem } of results) if (status !== 201) expect(problem.code).toBe("idempotency_in_progress");
  });

  test("of a request that changes nothing writes nothing: each one is answered afresh", async () => {
    await post("/workflows", {
      slug: "looked-at",
      definition: { name: "x", nodes: [{ id: "a", type: "transform", value: 1 }] },
    });
    const { body: run } = await post("/workflows/looked-at/runs", {});
    const headers = { "idempotency-key": "k6" };
    for (const body of [{}, { fromNodeId: "a" }, {}]) {
      const answer = await post(`/runs/${run.id}/replay/preflight`, body, headers);
      expect([answer.status, answer.headers.get("idempotent-replayed")]).toEqual([200, null]);
    }
    const stored = await database().execute(sql`select from idempotency_keys where key = 'k6'`);
    expect(stored.length).toBe(0);
    const { problem } = await post(`/runs/${run.id}/replay/preflight`, {}, { "idempotency-key": "ä" });
    expect(problem).toMatchObject({ code: "validation_failed", errors: [{ path: "header.Idempotency-Key" }] });
  });

  test("gives an API key's secret again to who may make keys", async () => {
    const headers = { "idempotency-key": "k5" };
    const first = await post("/api-keys", { name: "x", scopes: ["runs:read"] }, headers);
    const again = await post("/api-keys", { name: "x", scopes: ["runs:read"] }, headers);
    expect(again.body).toEqual(first.body);
    const reader = first.body.secret as string;
    expect((await post("/api-keys", { name: "x", scopes: ["runs:read"] }, headers, reader)).status).toBe(403);
  });
});

describe("lists", () => {
  test("page through every row once, newest first, while rows are added", async () => {
    const made: string[] = [];
    const fresh = await createTenant();
    const { secret } = await createApiKey(fresh.system, { name: "w", scopes: ["workflows:write"] });
    for (let n = 0; n < 7; n += 1)
      made.push((await post("/prompts", { name: `p${n}`, text: "x" }, {}, secret)).body.id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await api.call(
        "GET",
        `/prompts?limit=3${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`,
        { key: secret },
      );
      seen.push(...body.data.map((row: { id: string }) => row.id));
      expect(body.hasMore).toBe(body.nextCursor !== null);
      cursor = body.nextCursor as string | null;
      await post("/prompts", { name: `late ${cursor}`, text: "x" }, {}, secret);
    } while (cursor !== null);
    expect(seen).toEqual(made.toReversed());
  });

  test("refuse another tenant's and another list's cursor", async () => {
    for (let n = 0; n < 2; n += 1) await post("/prompts", { name: name(), text: "x" });
    const { body } = await api.call("GET", "/prompts?limit=1", { key });
    const cursor = encodeURIComponent(body.nextCursor as string);
    for (const [path, as] of [
      [`/prompts?cursor=${cursor}`, otherKey],
      [`/api-keys?cursor=${cursor}`, key],
    ] as const)
      expect((await api.call("GET", path, { key: as })).problem).toMatchObject({
        status: 400,
        errors: [{ path: "query.cursor" }],
      });
    expect((await api.call("GET", `/prompts?cursor=${cursor}`, { key })).status).toBe(200);
  });
});
