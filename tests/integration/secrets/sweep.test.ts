import { gunzipSync } from "node:zlib";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, database } from "#/db/client.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { scopes } from "#/lib/contract/access.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { finished } from "#/tests/support/engine.ts";
import { startEchoService } from "#/tests/support/echo-service.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant, useDatabase } from "#/tests/support/tenants.ts";

/** Every secret of this test holds this word, in whatever form it is written, or is this number. */
const mark = "SENTINEL";
const pin = "48151623423";
const secrets = {
  // Longer than what a message quotes of a value.
  variable: `${mark}-variable-a/b+c"d é${"-0123456789".repeat(40)}`,
  token: `${mark}-token-9f8e7d6c5b`,
  providerKey: `sk-${mark}-provider-1a2b3c4d`,
  mcpHeader: `Bearer ${mark}-mcp-0a1b2c3d4e`,
};

let stack: Stack;
let echo: Awaited<ReturnType<typeof startEchoService>>;
let bank: McpTestServer;
let tenant: Tenant;
let key: string;
let api: ReturnType<typeof restApi>;
/** Everything that was sent to a client. */
const answers: string[] = [];

beforeAll(async () => {
  echo = await startEchoService();
  bank = await startMcpServer();
  const allow = [new URL(echo.url).host, bank.host].join(",");
  stack = await startStack({ webs: 0, workers: 1, env: { REPRISE_EGRESS_ALLOW: allow, REPRISE_LOG_LEVEL: "trace" } });
  for (const name of ["REPRISE_MASTER_KEYS", "NEXTAUTH_SECRET", "REPRISE_EGRESS_ALLOW"])
    process.env[name] = stack.env[name];
  useDatabase(stack.databaseUrl);
  tenant = await createTenant();
  key = (await createApiKey(tenant.system, { name: "all", scopes: [...scopes] })).secret;
  api = restApi();
});
afterAll(async () => {
  await closeDatabase();
  await Promise.all([stack?.stop(), echo?.close(), bank?.close()]);
});

const call = async (method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown) => {
  const received = await api.call(method, path, { key, ...(body === undefined ? {} : { body }) });
  answers.push(`${method} ${path} ${received.text} ${JSON.stringify([...received.headers])}`);
  return received;
};

async function enterSecrets(): Promise<void> {
  const { variable, token, providerKey, mcpHeader } = secrets;
  const sealed = (value: string) => ({ value, secret: true });
  await call("PUT", "/environments/production/variables", {
    variables: { ECHO: echo.url, VAR: sealed(variable), TOKEN: sealed(token), PIN: sealed(pin) },
  });
  await call("PUT", "/providers/acme", { apiKey: providerKey, baseUrl: `${echo.url}/v1` });
  for (const id of ["echo", "fail"]) await call("POST", "/models", { id, provider: "acme" });
  await call("POST", "/mcp-servers", { name: "bank", url: bank.url, headers: { authorization: mcpHeader } });
  await call("POST", "/tools", {
    name: "shared",
    http: {
      method: "POST",
      url: "{{ env.ECHO }}/echo",
      headers: { "x-token": "{{ env.TOKEN }}" },
      body: "{{ env.VAR }}",
    },
  });
}

/** What goes wrong with a secret in hand must not say it either. */
async function enterWrongly(): Promise<void> {
  const { variable, providerKey, mcpHeader } = secrets;
  await call("PUT", "/environments/production/variables", {
    variables: { "not a name": { value: variable, secret: true } },
  });
  await call("PUT", "/environments/production/variables", { variables: { A: { value: [variable], secret: true } } });
  await call("PUT", "/providers/acme", { apiKey: `${providerKey} with space`, baseUrl: "https://x.example" });
  await call("PUT", "/providers/acme", { apiKey: providerKey, baseUrl: providerKey });
  await call("POST", "/mcp-servers", {
    name: "gone",
    url: "http://127.0.0.1:9/mcp",
    headers: { authorization: mcpHeader },
  });
  await call("POST", "/mcp-servers", { name: "wrong", url: `${echo.url}/fail`, headers: { authorization: mcpHeader } });
  await call("POST", "/mcp-servers", { name: "odd", url: `${echo.url}/echo`, headers: { authorization: mcpHeader } });
  await call("POST", "/mcp-servers", { name: "bank", url: bank.url, headers: { "bad name": mcpHeader } });
}

const http = (path: string) => ({
  method: "POST",
  url: `{{ env.ECHO }}${path}?q={{ env.VAR }}`,
  headers: { "x-token": "{{ env.TOKEN }}", authorization: "Bearer {{ env.TOKEN }}" },
  body: { said: "{{ env.VAR }}", both: "{{ env.VAR }} and {{ env.TOKEN }}" },
});
const node = (id: string, fields: object) => ({ id, type: "tool", ...fields });
const one = (fields: object) => ({ nodes: [{ id: "x", ...fields }] });
const retry = { maxAttempts: 2, backoffMs: 1 };
const model = (id: string) => ({ type: "model", model: `acme:${id}`, prompt: { text: "say {{ env.VAR }}" }, retry });

/** Ways in which a workflow handles secrets carelessly. */
const flows: Record<string, object> = {
  all: {
    nodes: [
      node("post", { http: http("/echo") }),
      node("pin", { http: { ...http("/echo"), body: '{"pin": {{ env.PIN }}}' } }),
      node("shared", { use: "shared", arguments: { a: "{{ env.VAR }}" } }),
      node("mcp", { mcp: { server: "bank", tool: "echo_headers" }, arguments: {} }),
      node("odd", { mcp: { server: "bank", tool: "send_money" }, arguments: { account: "{{ env.VAR }}", cents: 1 } }),
      {
        id: "copy",
        type: "transform",
        needs: ["post", "mcp"],
        value: {
          var: "{{ env.VAR }}",
          answer: "{{ nodes.post.output }}",
          mcp: "{{ nodes.mcp.output }}",
          "{{ env.TOKEN }}": 1,
        },
      },
      { id: "speak", ...model("echo") },
      {
        id: "each",
        type: "map",
        over: ["{{ env.VAR }}"],
        as: "item",
        nodes: [{ id: "inner", type: "transform", value: "{{ item }}" }],
      },
      { id: "child", type: "workflow", workflow: "child", payload: { var: "{{ env.VAR }}" } },
      { id: "pause", type: "wait", needs: ["copy"], durationMs: 5 },
    ],
    output: {
      var: "{{ env.VAR }}",
      post: "{{ nodes.post.output }}",
      mcp: "{{ nodes.mcp.output }}",
      speak: "{{ nodes.speak.output }}",
      child: "{{ nodes.child.output }}",
      each: "{{ nodes.each.output }}",
    },
  },
  http_fails: one({ type: "tool", http: http("/fail"), retry }),
  mcp_fails: one({ type: "tool", mcp: { server: "bank", tool: "fail" }, arguments: {} }),
  mcp_refuses: one({
    type: "tool",
    mcp: { server: "bank", tool: "send_money" },
    arguments: { account: 1, cents: "{{ env.VAR }}" },
  }),
  no_host: one({ type: "tool", http: { method: "GET", url: "http://{{ env.TOKEN }}.invalid/" } }),
  no_url: one({ type: "tool", http: { method: "GET", url: "{{ env.TOKEN }}" } }),
  bad_header: one({ type: "tool", http: { method: "GET", url: "{{ env.ECHO }}", headers: { a: "{{ env.VAR }}\n" } } }),
  builtin: one({ type: "tool", builtin: "http.get", arguments: { url: "{{ env.ECHO }}/fail?{{ env.TOKEN }}" } }),
  expression: one({ type: "transform", value: "{{ int(env.TOKEN) }}" }),
  condition: one({ type: "transform", when: "env.TOKEN", value: 1 }),
  output: { ...one({ type: "transform", value: 1 }), output: { x: "{{ int(env.TOKEN) }}" } },
  model_fails: one(model("fail")),
  model_schema: one({ ...model("echo"), output: { type: "object", required: ["a"] } }),
  agent: { tools: { shared: { use: "shared" } }, ...one({ ...model("echo"), type: "agent", tools: ["shared"] }) },
  long_path: one({ type: "tool", http: { method: "GET", url: `{{ env.ECHO }}/fail/${"x".repeat(150)}{{ env.VAR }}` } }),
  child_fails: one({ type: "workflow", workflow: "strict", payload: { n: "{{ env.TOKEN }}" } }),
  child_fails_long: one({ type: "workflow", workflow: "strict", payload: { n: "{{ env.VAR }}" } }),
};

async function runFlows(): Promise<string[]> {
  const push = (slug: string, definition: object) =>
    call("POST", "/workflows", { slug: slug.replaceAll("_", "-"), definition: { name: slug, ...definition } });
  await push("child", {
    nodes: [{ id: "c", type: "transform", value: "{{ trigger }}" }],
    output: "{{ nodes.c.output }}",
  });
  await push("strict", {
    input: { type: "object", properties: { n: { enum: ["a"] } } },
    nodes: [{ id: "c", type: "transform", value: 1 }],
  });
  const ids: string[] = [];
  for (const [slug, definition] of Object.entries(flows)) {
    expect([slug, (await push(slug, definition)).body.version]).toEqual([slug, 1]);
    const { body } = await call("POST", `/workflows/${slug.replaceAll("_", "-")}/runs`, { payload: {} });
    ids.push(body.id);
    const run = await finished(tenant.system, body.id, 60_000);
    expect(`${slug} ${run.status} ${run.error?.code ?? ""}`).toBe(
      `${slug} ${slug === "all" || slug === "agent" ? "completed " : `failed ${run.error?.code}`}`,
    );
  }
  const replay = await call("POST", `/runs/${ids[0]}/replay`, {});
  await finished(tenant.system, replay.body.id, 60_000);
  return [...ids, replay.body.id];
}

/** Reads everything that there is to read. */
async function readAll(ids: string[]): Promise<void> {
  for (const { method, path } of allOperations)
    if (method === "GET" && !path.includes("{"))
      await call("GET", `${path}?limit=100`.replace(/\/policies\?.*/, "/policies"));
  await call("GET", "/environments/production/variables");
  await call("GET", "/providers/acme");
  for (const id of ids) {
    for (const part of ["", "/trace", "/steps", "/events", "/logs"]) await call("GET", `/runs/${id}${part}`);
    await call("POST", `/runs/${id}/replay/preflight`, {});
    const { body } = await call("GET", `/runs/${id}/trace`);
    for (const span of body.columns.id as string[]) await call("GET", `/runs/${id}/spans/${span}`);
    const stream = await api.send("GET", `/runs/${id}/events`, { key, headers: { accept: "text/event-stream" } });
    answers.push(await stream.text());
  }
  await call("GET", `/runs/${ids[0]}/compare/${ids.at(-1)}`);
}

/** Every value of every table of the database as text; what is compressed is unpacked. */
async function dump(): Promise<string[]> {
  const tables = await database().execute<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await database().execute<Record<string, unknown>>(
      sql.raw(`select t.*, t::text as whole_row from ${name} t`),
    );
    for (const row of rows)
      for (const [column, value] of Object.entries(row)) found.push(`${name}.${column}: ${textOf(value)}`);
  }
  return found;
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (isGzip ? gunzipSync(bytes) : bytes).toString("utf8");
  }
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

const leaks = (texts: string[]) =>
  texts.flatMap((text) => {
    const at = text.search(new RegExp(`${mark}|${pin}`, "i"));
    return at === -1 ? [] : [`${text.slice(0, 80)} … ${text.slice(Math.max(0, at - 60), at + 60)}`];
  });

test("no secret stands anywhere but sealed: not in the database, not in answers and streams, not in logs", async () => {
  await enterSecrets();
  await enterWrongly();
  const ids = await runFlows();
  await readAll(ids);
  const rows = await dump();
  // The sweep sees what it should: rows of many tables, compressed skeletons, redacted values, the sealed ones.
  const tables = ["span_bodies", "run_events", "run_logs", "audit_events", "provider_access", "mcp_servers"];
  expect(tables.filter((table) => !rows.some((row) => row.includes(`${table}.whole_row`)))).toEqual([]);
  expect(rows.filter((row) => row.includes("[redacted]")).length).toBeGreaterThan(10);
  expect(answers.filter((text) => text.includes("[redacted]")).length).toBeGreaterThan(10);
  expect(leaks(rows)).toEqual([]);
  expect(leaks(answers)).toEqual([]);
  expect(leaks(stack.workers.map((worker) => worker.log()))).toEqual([]);
  expect(stack.workers[0]?.log().length).toBeGreaterThan(1000);
}, 240_000);
