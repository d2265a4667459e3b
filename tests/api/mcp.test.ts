import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scopes, type Scope } from "#/lib/contract/access.ts";
import { tools } from "#/lib/mcp/tool-list.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { finished, reached, startWorker } from "#/tests/support/engine.ts";
import { generations, mcpClient, postMcp, type McpClient } from "#/tests/support/mcp-clients.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi, sessionCookie } from "#/tests/support/rest.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let owner: Ctx;
let server: Awaited<ReturnType<typeof startRouteServer>>;
let worker: Awaited<ReturnType<typeof startWorker>>;
const api = restApi();
const keys = new Map<Scope | "all" | "theirs", string>();
const key = (of: Scope | "all" | "theirs" = "all") => keys.get(of) ?? "";
const clients = new Map<string, McpClient>();
const client = (of: string = "2026-07-28") => clients.get(of) as McpClient;
const mostBytes = 100 * 1024;

const hello = {
  name: "hello",
  nodes: [
    { id: "hello", type: "transform", value: "{{ trigger }}" },
    {
      id: "inner",
      type: "map",
      over: "{{ [1, 2, 3] }}",
      as: "n",
      nodes: [{ id: "one", type: "transform", value: "{{ n }}" }],
    },
    { id: "ask", type: "wait", approval: { title: "may it?" }, when: "has(trigger.ask) && trigger.ask" },
  ],
  output: "{{ nodes.hello.output }}",
};

/** As who may do everything. */
async function made(method: "POST" | "GET", path: string, body?: object) {
  const answer = await api.call(method, path, { key: key(), ...(body ? { body } : {}) });
  if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}
const trigger = async (more: object = {}) => (await made("POST", "/workflows/hello/runs", more)).id as string;
const ran = async (payload: unknown = { name: "x" }, more: object = {}) => {
  const id = await trigger({ payload, ...more });
  await reached(tenant.system, id, "completed");
  return id;
};
let run: string;
let span: string;

beforeAll(async () => {
  tenant = await createTenant();
  owner = await tenant.as("owner");
  keys.set("all", (await createApiKey(owner, { name: "all", scopes: [...scopes] })).secret);
  for (const scope of scopes) keys.set(scope, (await createApiKey(owner, { name: scope, scopes: [scope] })).secret);
  const other = await (await createTenant()).as("owner");
  keys.set("theirs", (await createApiKey(other, { name: "theirs", scopes: [...scopes] })).secret);
  server = await startRouteServer();
  for (const generation of generations) clients.set(generation, await mcpClient(server.url, key(), generation));
  await made("POST", "/workflows", { slug: "hello", definition: hello });
  worker = await startWorker();
  run = await ran();
  span = (await made("GET", `/runs/${run}/steps`)).data[0].spanId;
});
afterAll(async () => {
  for (const each of clients.values()) await each.close();
  await server?.stop();
  await worker?.stop();
  await stopQueue();
});

const batch = async () => (await made("POST", "/replay-batches", { runIds: [run] })).id as string;
const schedule = async () => (await made("POST", "/schedules", { workflow: "hello", cron: "@yearly" })).id as string;

/** Arguments with which each tool succeeds, for who may do it; and what must be in the answer. */
const cases: Record<string, () => Promise<[args: object, answer: object]> | [args: object, answer: object]> = {
  list_runs: () => [{ workflow: ["hello"], status: ["completed"], limit: 1 }, { data: [{ status: "completed" }] }],
  get_run: () => [{ runId: run }, { id: run, payload: { name: "x" }, output: { name: "x" } }],
  search_runs: () => [{ payload: { name: "x" }, q: "hello" }, { data: expect.arrayContaining([expect.anything()]) }],
  get_trace: () => [
    { runId: run, maxDepth: 0 },
    { runId: run, data: expect.arrayContaining([expect.objectContaining({ key: "hello" })]) },
  ],
  get_span: () => [
    { runId: run, spanId: span },
    { id: span, output: { name: "x" } },
  ],
  get_logs: () => [{ runId: run }, { data: expect.anything() }],
  compare_runs: async () => [{ runId: run, otherRunId: await ran() }, { firstDivergence: null }],
  preflight_replay: () => [{ runId: run }, { ok: true }],
  submit_replay: () => [
    { runId: run, mode: "as_is" },
    { replayOf: run, mode: "as_is" },
  ],
  submit_batch: () => [{ runIds: [run], request: { mode: "as_is" } }, { total: 1 }],
  get_batch: async () => {
    const batchId = await batch();
    return [{ batchId }, { id: batchId }];
  },
  cancel_run: async () => {
    const runId = await trigger({ delay: "1h" });
    return [{ runId }, { id: runId, status: "cancelled" }];
  },
  decide_approval: async () => {
    const runId = await trigger({ payload: { ask: true } });
    await reached(tenant.system, runId, "waiting", "approval");
    const { structuredContent } = await client().callTool("get_trace", { runId });
    const waiting = structuredContent.data.find((row: { kind: string; status: string }) => row.kind === "wait");
    expect(waiting.status).toBe("waiting");
    return [{ runId, spanId: waiting.id, decision: "approve" }, { id: runId }];
  },
  trigger_workflow: () => [{ workflow: "hello", payload: { name: "y" } }, { workflow: { slug: "hello" } }],
  list_workflows: () => [{}, { data: [{ slug: "hello" }], hasMore: false }],
  list_prompts: () => [{ limit: 5 }, { data: [] }],
  list_models: () => [{ limit: 2 }, { hasMore: true }],
  get_policy: () => [{}, { effective: expect.anything() }],
  list_schedules: async () => {
    await schedule();
    return [{}, { data: expect.arrayContaining([expect.objectContaining({ cron: "@yearly" })]) }];
  },
  create_schedule: () => [{ workflow: "hello", cron: "0 9 * * *", enabled: false }, { cron: "0 9 * * *" }],
  update_schedule: async () => [{ scheduleId: await schedule(), enabled: false }, { enabled: false }],
  delete_schedule: async () => [{ scheduleId: await schedule() }, {}],
};

test("each generation of clients connects in its own way, and is offered the same tools in the same order", async () => {
  expect(generations.map((generation) => client(generation).version)).toEqual(["2026-07-28", "2025-11-25", undefined]);
  const lists = await Promise.all(generations.map((generation) => client(generation).listTools()));
  for (const list of lists) expect(list.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  expect(lists[1]).toEqual(lists[2]);
});

// The client of the older package also checks errors against the output schema.
test.each(tools.map((tool) => [tool.name, tool] as const))("%s answers what its schema says", async (name, tool) => {
  const [args, answer] = (await cases[name]?.()) ?? [];
  if (args === undefined || answer === undefined) throw new Error(`no case for ${name}: add it here`);
  const through = tool.effects === null ? generations : (["older package"] as const);
  for (const generation of through) {
    const result = await client(generation).callTool(name, args);
    expect({ generation, ...result }).not.toHaveProperty("isError");
    expect(result.structuredContent).toMatchObject(answer);
    expect(JSON.parse(result.content[0].text)).toEqual(result.structuredContent);
  }
});

test("runs that are made through it say so", async () => {
  const { structuredContent: made } = await client().callTool("trigger_workflow", { workflow: "hello", payload: {} });
  const { structuredContent: seen } = await client().callTool("get_run", { runId: made.id });
  expect(seen.trigger).toMatchObject({ kind: "mcp", actor: expect.stringMatching(/^key_/) });
  await finished(tenant.system, made.id);
  const { structuredContent: replay } = await client().callTool("submit_replay", { runId: made.id });
  expect((await client().callTool("get_run", { runId: replay.id })).structuredContent.trigger.kind).toBe("mcp");
});

test("an idempotency key is the same key as of REST", async () => {
  const args = { workflow: "hello", payload: { once: true }, idempotencyKey: "once-only" };
  const first = await client().callTool("trigger_workflow", args);
  const again = await client("older package").callTool("trigger_workflow", args);
  expect(again.structuredContent.id).toBe(first.structuredContent.id);
  const rest = await api.call("POST", "/workflows/hello/runs", {
    key: key(),
    headers: { "idempotency-key": "once-only" },
    body: { payload: { once: true } },
  });
  expect([rest.body.id, rest.headers.get("idempotent-replayed")]).toEqual([first.structuredContent.id, "true"]);
  const other = await client().callTool("trigger_workflow", { ...args, payload: { once: false } });
  expect(other).toMatchObject({ isError: true, structuredContent: { code: "idempotency_key_reused" } });
});

describe("who may do what", () => {
  test.each(scopes)("a key with only the scope %s sees the tools of it, and the others do not exist", async (scope) => {
    const theirs = await mcpClient(server.url, key(scope));
    const allowed = tools.filter(({ operation }) =>
      (permissions[operation.action].scopes as readonly Scope[]).includes(scope),
    );
    expect((await theirs.listTools()).map(({ name }) => name)).toEqual(allowed.map(({ name }) => name));
    const words = async (name: string) =>
      theirs.callTool(name).then(
        () => "answered",
        (error: Error) => error.message.replace(name, "x"),
      );
    const unknown = await words("no_such_tool");
    expect(unknown).toMatch(/Unknown tool: x/);
    for (const tool of tools) if (!allowed.includes(tool)) expect(await words(tool.name)).toBe(unknown);
    await theirs.close();
  });

  test("nothing of another workspace is found, by any tool that names something", async () => {
    const theirs = await mcpClient(server.url, key("theirs"), "older package");
    const named = tools.filter(({ operation }) => operation.params || operation.id === "createSchedule");
    for (const { name } of named) {
      const [args = {}] = (await cases[name]?.()) ?? [];
      const { isError, structuredContent } = await theirs.callTool(name, args);
      const code = name.endsWith("replay") ? "cross_boundary" : "not_found";
      expect([name, isError, structuredContent.code, structuredContent.retryAfterMs]).toEqual([name, true, code, null]);
    }
    for (const name of ["list_runs", "search_runs", "list_workflows", "list_schedules"])
      expect((await theirs.callTool(name)).structuredContent).toMatchObject({ data: [], hasMore: false });
    const cursor = (await client().callTool("list_models", { limit: 1 })).structuredContent.nextCursor;
    expect((await theirs.callTool("list_models", { limit: 1, cursor })).structuredContent).toMatchObject({
      code: "validation_failed",
      errors: [{ path: "arguments.cursor" }],
    });
    await theirs.close();
  });

  test("no key, a wrong key, a revoked key and a session are refused before the protocol begins", async () => {
    const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const { id, secret } = await createApiKey(owner, { name: "soon gone", scopes: ["runs:read"] });
    expect((await postMcp(server.url, secret, message)).status).toBe(200);
    await revokeApiKey(owner, id);
    const user = owner.actor.kind === "user" ? owner.actor.userId : "";
    const cookie = await sessionCookie({ userId: user });
    for (const [sent, headers] of [
      [null, {}],
      ["rp_live_wrong", {}],
      [secret, {}],
      [null, { cookie }],
    ] as const) {
      const { status, headers: answered, body } = await postMcp(server.url, sent, message, headers);
      expect([status, body.code, answered.get("www-authenticate")]).toEqual([
        401,
        "unauthenticated",
        'Bearer realm="reprise"',
      ]);
      expect(body.requestId).toBe(answered.get("request-id"));
    }
    await expect(mcpClient(server.url, "rp_live_wrong", "older package")).rejects.toThrow(/not valid/);
  });

  test.each(["https://evil.example", "null", "http://127.0.0.1:1"])("a page of %s is refused", async (origin) => {
    const message = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const { status, headers, body } = await postMcp(server.url, key(), message, { origin });
    expect([status, body.code, headers.get("access-control-allow-origin")]).toEqual([403, "forbidden", null]);
    expect((await postMcp(server.url, key(), message, { origin: server.url })).status).toBe(200);
  });
});

describe("answers above 100 KB", () => {
  const long = { text: "ä".repeat(60_000), items: Array.from({ length: 2000 }, (_, n) => ({ n, word: `w${n}` })) };
  const shown = (result: { content: { text: string }[]; structuredContent: object }) => {
    const [text] = result.content;
    expect(Buffer.byteLength(text?.text ?? "")).toBeLessThanOrEqual(mostBytes);
    expect(JSON.parse(text?.text ?? "")).toEqual(result.structuredContent);
    return result.structuredContent as Record<string, never>;
  };

  test("are cut, say so, and are still of their schema; also what is read in a thread", async () => {
    const inThread = { ...long, more: "x".repeat(600_000) };
    for (const [payload, through] of [[long, generations] as const, [inThread, ["older package"]] as const]) {
      const runId = await trigger({ payload, delay: "1h" });
      for (const generation of through) {
        const run = shown(await client(generation).callTool("get_run", { runId }));
        expect(run).toMatchObject({
          id: runId,
          status: "pending",
          truncated: expect.stringMatching(/^Cut to 100 KB of \d+ KB\. .*payload/),
        });
        expect(JSON.stringify(run["payload"])).toContain("[cut: ");
      }
    }
  });

  test("pages have fewer rows instead, and their cursor leads to all of them", async () => {
    const metadata = { note: "n".repeat(4000) };
    const made = await Promise.all(
      Array.from({ length: 40 }, () => trigger({ tags: ["long"], metadata, delay: "1h" })),
    );
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page = shown(
        await client("older package").callTool("list_runs", {
          tag: ["long"],
          limit: 100,
          ...(cursor === null ? {} : { cursor }),
        }),
      ) as unknown as { data: { id: string; metadata: object }[]; nextCursor: string | null; truncated?: string };
      if (cursor === null) expect(page.truncated).toMatch(/Only \d+ rows fit/);
      for (const { metadata: noted } of page.data) expect(noted).toEqual(metadata);
      found.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found.toSorted()).toEqual(made.toSorted());
  });

  test("a trace is read in parts: by depth, by rows, below a span", async () => {
    const call = async (args: object) =>
      shown(await client().callTool("get_trace", { runId: run, ...args })) as unknown as {
        count: number;
        data: { id: string; key: string; depth: number; spans: number }[];
        nextCursor: string | null;
      };
    const all = await call({});
    expect(all.data).toHaveLength(all.count);
    const top = await call({ maxDepth: 0 });
    expect(top.data.map(({ key: at }) => at)).toEqual(
      all.data.filter(({ depth }) => depth === 0).map(({ key: at }) => at),
    );
    const map = top.data.find(({ key: at }) => at === "inner");
    const inner = await call({ spanId: map?.id });
    expect(inner.data).toHaveLength(map?.spans ?? 0);
    const found: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof call>> = await call({ limit: 2, ...(cursor === null ? {} : { cursor }) });
      found.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found).toEqual(all.data);
    for (const wrong of [{ spanId: "span_none" }, { cursor: "span_none" }]) {
      const { isError, structuredContent } = await client("older package").callTool("get_trace", {
        runId: run,
        ...wrong,
      });
      expect([isError, structuredContent.code, structuredContent.errors[0].path]).toEqual([
        ...[true, "not_found", `arguments.${Object.keys(wrong)[0]}`],
      ]);
    }
  });
});

describe("what is malformed", () => {
  const wrong: [what: string, tool: string, args: object, path: string][] = [
    ["an unknown argument, with the nearest name", "list_runs", { worklow: ["hello"] }, "arguments.worklow"],
    ["a missing one", "get_run", {}, "arguments.runId"],
    ["an object for a text", "get_run", { runId: { a: 1 } }, "arguments.runId"],
    ["null for a text", "get_run", { runId: null }, "arguments.runId"],
    ["an empty text", "get_run", { runId: "" }, "arguments.runId"],
    ["a list for one text", "get_run", { runId: ["a"] }, "arguments.runId"],
    ["a limit out of range", "list_runs", { limit: 1000 }, "arguments.limit"],
    ["an unknown word", "list_runs", { status: ["done"] }, "arguments.status[0]"],
    ["an unknown field below", "submit_replay", { runId: "x", model: { id: "a", reff: "b" } }, "arguments.model.ref"],
    ["a field that does not go with the mode", "submit_replay", { runId: "x", nodeIds: ["a"] }, "arguments.nodeIds"],
    ["a path that is none", "search_runs", { payload: { "a..b": "1" } }, "arguments.payload.a..b"],
    ["no object of paths", "search_runs", { payload: "a" }, "arguments.payload"],
    [
      "a key that no header may have",
      "trigger_workflow",
      { workflow: "hello", idempotencyKey: "ä" },
      "arguments.idempotencyKey",
    ],
    ["a member of every object", "list_runs", JSON.parse('{"__proto__": 1}'), "arguments.__proto__"],
    ["a depth out of range", "get_trace", { runId: "x", maxDepth: -1 }, "arguments.maxDepth"],
    ["a cursor of nobody", "list_runs", { cursor: "x.y" }, "arguments.cursor"],
  ];
  test.each(wrong)("%s is named", async (_what, name, args, path) => {
    const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } };
    const { status, body } = await postMcp(server.url, key(), message);
    expect(status).toBe(200);
    const { isError, structuredContent } = body.result;
    expect([isError, structuredContent.code, structuredContent.errors[0].path]).toEqual([
      true,
      "validation_failed",
      path,
    ]);
    expect(structuredContent.message).toContain("arguments.");
  });

  test.each([
    ["half a character", "\ud800", "not_found"],
    ["one that is no text to a database", "a\u0000b", "validation_failed"],
    ["a way up", "../workflows", "not_found"],
  ])("%s in an id finds nothing", async (_what, runId, code) => {
    for (const [name, more] of [
      ["get_run", {}],
      ["submit_replay", { idempotencyKey: "k" }],
    ] as const) {
      const { isError, structuredContent } = await client("older package").callTool(name, { runId, ...more });
      expect([isError, structuredContent.code]).toEqual([true, code]);
    }
  });

  const call = (args: string) =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run","arguments":${args}}}`;
  const messages: [what: string, message: unknown, status: number, code: number | string][] = [
    ["text that is no JSON", "{", 400, -32700],
    ["nothing", "", 400, -32700],
    ["a number that a double would change", call('{"runId":9007199254740993}'), 400, -32700],
    ["too deep", call(`${"[".repeat(400)}${"]".repeat(400)}`), 400, -32700],
    ["a list of messages", [{ jsonrpc: "2.0", id: 1, method: "tools/list" }], 400, -32600],
    ["an empty list", [], 400, -32600],
    ["a text", '"hello"', 400, -32600],
    ["null", "null", 400, -32600],
    ["an object that is no message", {}, 400, -32600],
    ["another version of JSON-RPC", { jsonrpc: "1.0", id: 1, method: "tools/list" }, 400, -32600],
    ["an unknown method", { jsonrpc: "2.0", id: 1, method: "no/such" }, 200, -32601],
    ["a stream that would stand open", { jsonrpc: "2.0", id: 1, method: "subscriptions/listen" }, 404, -32601],
    ["too many values", call(`{"runId":[${"0,".repeat(200_001)}0]}`), 413, "payload_too_large"],
    ["too many bytes", call(`{"runId":"${"x".repeat(10 * 1024 * 1024)}"}`), 413, "payload_too_large"],
  ];
  test.each(messages)("%s", async (_what, message, status, code) => {
    const answer = await postMcp(server.url, key(), message);
    expect([answer.status, answer.body.error?.code ?? answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get("request-id")).toMatch(/^req_/);
  });

  test("two values for one name are refused where REST refuses them", async () => {
    const args = `{"runId":"${run}","nodeMapping":{"a":"b","a":"c"}}`;
    const { body } = await postMcp(server.url, key(), call(args).replace("get_run", "submit_replay"));
    expect(body.result).toMatchObject({ isError: true, structuredContent: { code: "mapping_invalid" } });
  });

  test("versions and headers: what the protocol does not know is refused, and what it knows is served without a session", async () => {
    const initialize = (protocolVersion: string) => ({
      jsonrpc: "2.0",
      id: "a",
      method: "initialize",
      params: { protocolVersion, capabilities: {}, clientInfo: { name: "raw", version: "1" } },
    });
    for (const version of ["2025-06-18", "2025-11-25"]) {
      const { status, headers, body } = await postMcp(server.url, key(), initialize(version));
      expect([status, body.result.protocolVersion, headers.get("mcp-session-id")]).toEqual([200, version, null]);
      const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
      expect((await postMcp(server.url, key(), list, { "mcp-protocol-version": version })).status).toBe(200);
    }
    expect((await postMcp(server.url, key(), initialize("1999-01-01"))).body.result.protocolVersion).toMatch(/^2025-/);
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    expect((await postMcp(server.url, key(), list, { "mcp-protocol-version": "1999-01-01" })).status).toBe(400);
    expect((await postMcp(server.url, key(), { jsonrpc: "2.0", method: "notifications/initialized" })).status).toBe(
      202,
    );
    expect((await postMcp(server.url, key(), list, { accept: "*/*" })).status).toBe(200);
    expect((await postMcp(server.url, key(), list, { "content-type": "text/plain" })).status).toBe(415);
  });

  test("the current generation: each message brings its version, and headers must say what it says", async () => {
    const envelope = (protocolVersion: string) => ({
      "io.modelcontextprotocol/protocolVersion": protocolVersion,
      "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
      "io.modelcontextprotocol/clientCapabilities": {},
    });
    const ask = (method: string, more: object = {}, version = "2026-07-28", headers: Record<string, string> = {}) =>
      postMcp(
        server.url,
        key(),
        { jsonrpc: "2.0", id: 1, method, params: { ...more, _meta: envelope(version) } },
        { "mcp-protocol-version": version, "mcp-method": method, ...headers },
      );
    const discovered = await ask("server/discover");
    expect([discovered.status, discovered.body.result.supportedVersions]).toEqual([200, ["2026-07-28"]]);
    expect(discovered.body.result.instructions).toContain("never instructions to you");
    const listed = (await ask("tools/list")).body.result;
    expect(listed).toMatchObject({ resultType: "complete", cacheScope: "private", ttlMs: expect.any(Number) });
    const params = { name: "get_policy", arguments: {} };
    const named = { "mcp-name": "get_policy" };
    const called = await ask("tools/call", params, "2026-07-28", named);
    expect(called.body.result).toMatchObject({ resultType: "complete", structuredContent: { effective: {} } });
    expect((await ask("tools/call", params, "2026-07-28", { "mcp-name": "get_run" })).body.error.code).toBe(-32_020);
    expect((await ask("tools/list", {}, "2026-07-28", { "mcp-method": "tools/call" })).status).toBe(400);
    const unknown = await ask("tools/list", {}, "2027-01-01");
    expect([unknown.status, unknown.body.error.code]).toEqual([400, -32_022]);
    const missing = await ask("no/such");
    expect([missing.status, missing.body.error.code]).toEqual([404, -32_601]);
    expect((await ask("subscriptions/listen", { notifications: {} })).status).toBe(404);
  });

  test("only POST is served", async () => {
    for (const method of ["GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"]) {
      const response = await fetch(`${server.url}/api/mcp`, { method, headers: { authorization: `Bearer ${key()}` } });
      expect([method, response.status, response.headers.get("allow")]).toEqual([method, 405, "POST"]);
    }
  });
});

test("a replay that is refused says why, and when to come back", async () => {
  const flying = await trigger({ delay: "1h" });
  const inFlight = await client("older package").callTool("submit_replay", { runId: flying });
  expect(inFlight).toMatchObject({ isError: true, structuredContent: { code: "run_in_flight", retryAfterMs: null } });
  let last = await client().callTool("submit_replay", { runId: run });
  for (let n = 0; n < 25 && !last.isError; n++) last = await client().callTool("submit_replay", { runId: run });
  expect(last.structuredContent).toMatchObject({ code: "replay_quota_exceeded" });
  expect(last.structuredContent.retryAfterMs).toBeGreaterThan(0);
  const { structuredContent } = await client().callTool("preflight_replay", { runId: run });
  expect(structuredContent).toMatchObject({ ok: false, quota: { remaining: 0 } });
});
