import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Problem } from "#/lib/contract/problem.ts";
import type { HttpAnswer, HttpApi } from "#/tests/support/http-api.ts";
import { httpApi } from "#/tests/support/http-api.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { cookieHeader, signIn } from "#/tests/support/sign-in.ts";
import { echo, greet, stackTenants, type StackTenant } from "#/tests/support/stack-tenants.ts";

type Operation = { method: string; path: string; query: string[]; hasBody: boolean };

let stack: Stack;
let mine: StackTenant;
let theirs: StackTenant;
let neighbour: StackTenant;
let api: HttpApi;
let operations: Operation[];
beforeAll(async () => {
  stack = await startStack({ webs: 1, workers: 1 });
  [mine, neighbour, theirs] = await stackTenants(stack);
  api = mine.api();
  for (const [slug, definition] of Object.entries({ echo, greet }))
    expect((await api.call("POST", "/workflows", { body: { slug, definition } })).status).toBe(201);
  operations = operationsOf(await (await fetch(`${stack.baseUrls[0]}/api/openapi.json`)).json());
  expect(operations.length).toBeGreaterThan(35);
});
afterAll(() => stack?.stop());

// oxlint-disable-next-line typescript/no-explicit-any -- the OpenAPI document is read as a client would, without our types
function operationsOf(document: any): Operation[] {
  return Object.entries(
    document.paths as Record<
      string,
      Record<string, { parameters?: { in: string; name: string }[]; requestBody?: unknown }>
    >,
  )
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))
    .filter(({ method }) => /^(get|post|put|patch|delete)$/.test(method))
    .map(({ method, path, operation }) => ({
      method: method.toUpperCase(),
      path,
      hasBody: operation.requestBody !== undefined,
      query: (operation.parameters ?? []).filter((parameter) => parameter.in === "query").map(({ name }) => name),
    }));
}

/** Every refusal is a problem of RFC 9457 with our members, and never our fault. */
function expectProblem(answer: HttpAnswer, what: string): void {
  expect(`${what} ${answer.status} ${answer.headers.get("content-type")}`).toMatch(
    / 4\d\d application\/problem\+json$/,
  );
  const problem = Problem.parse(answer.body);
  expect(problem.status).toBe(answer.status);
  expect(problem.requestId).toBe(answer.headers.get("request-id"));
  expect(problem.type).toBe(`urn:reprise:problem:${problem.code}`);
}
function expectNoFault(answer: HttpAnswer, what: string): void {
  expect(`${what} → ${answer.status < 500 ? "no fault" : answer.status}`).toBe(`${what} → no fault`);
  if (answer.status >= 400) expectProblem(answer, what);
}
/** Sends some at a time: there are thousands. */
async function each<T>(items: readonly T[], send: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const line = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await send(item);
  };
  await Promise.all(Array.from({ length: 8 }, line));
}
const filled = (path: string, value: string) => path.replace(/\{\w+\}/g, value);

describe("every error is a problem with a request id", () => {
  const cases: [number, string, () => Promise<HttpAnswer>][] = [
    [401, "unauthenticated", () => httpApi(stack.baseUrls[0] ?? "", null).call("GET", "/runs")],
    [401, "unauthenticated", () => httpApi(stack.baseUrls[0] ?? "", "rp_live_wrong").call("GET", "/runs")],
    [403, "forbidden", () => mine.scoped("runs:read").call("POST", "/runs/x/replay")],
    [404, "not_found", () => api.call("GET", "/runs/run_nowhere")],
    [404, "not_found", () => api.call("GET", "/nowhere")],
    [404, "not_found", () => api.call("POST", "/nowhere/at/all")],
    [405, "method_not_allowed", () => api.call("DELETE", "/models")],
    [400, "validation_failed", () => api.call("GET", "/runs?limit=0")],
    [400, "validation_failed", () => api.call("POST", "/workflows/echo/runs", { raw: "{" })],
    [409, "conflict", () => api.call("POST", "/workflows", { body: { slug: "echo", definition: greet } })],
    [
      413,
      "payload_too_large",
      () => api.call("POST", "/workflows/echo/runs", { raw: `"${"x".repeat(10 * 1024 * 1024)}"` }),
    ],
    [
      415,
      "unsupported_media_type",
      () => api.call("POST", "/prompts", { raw: "a=b", headers: { "content-type": "text/plain" } }),
    ],
    [
      422,
      "workflow_invalid",
      () => api.call("POST", "/workflows", { body: { slug: "bad", definition: { nodes: [] } } }),
    ],
    [
      404,
      "prompt_not_found",
      async () => {
        const { id } = await api.ran("echo", { payload: 1 });
        const prompt = { artifactId: "prompt_x", contentHash: `sha256:${"0".repeat(64)}` };
        return api.call("POST", `/runs/${id}/replay`, { body: { mode: "prompt", prompt } });
      },
    ],
  ];
  test.each(cases)("%i %s", async (status, code, send) => {
    const answer = await send();
    expect([answer.status, answer.body?.code]).toEqual([status, code]);
    expectProblem(answer, code);
  });
});

describe("hostile payloads are refused clearly or stored readably", () => {
  const depth = 100_000;
  const payloads: [name: string, json: string][] = [
    ["U+0000 in a text", String.raw`{"a":"x\u0000y","b":"neighbour"}`],
    ["U+0000 in a name", String.raw`{"a\u0000":1,"b":"neighbour"}`],
    ["a lone high surrogate", String.raw`{"a":"\ud800","b":"neighbour"}`],
    ["a lone low surrogate in a name", String.raw`{"\udc00":1,"b":"neighbour"}`],
    ["__proto__", '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"b":"neighbour"}'],
    ["1e400", '{"a":1e400,"b":"neighbour"}'],
    ["-1e400", '{"a":[-1e400],"b":"neighbour"}'],
    ["an integer beyond 2^53", '{"a":12345678901234567890,"b":"neighbour"}'],
    ["deep arrays", "[".repeat(depth) + "]".repeat(depth)],
    ["deep objects", '{"a":'.repeat(depth) + "1" + "}".repeat(depth)],
    ["depth 5,000", "[".repeat(5_000) + "]".repeat(5_000)],
    ["10 MB of text", JSON.stringify({ a: "x".repeat(10_000_000), b: "neighbour" })],
    ["the same name twice", '{"a":1,"a":2,"b":"neighbour"}'],
    ["100,000 names", JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, n])))],
    ["every escape", JSON.stringify({ a: '\b\f\n\r\t"\\/\u2028\u2029\ufeff\u{1f600}', b: "neighbour" })],
  ];
  test.each(payloads)("%s in a trigger's payload", async (_name, json) => {
    const answer = await api.call("POST", "/workflows/echo/runs", { raw: `{"payload":${json}}` });
    expectNoFault(answer, "trigger");
    if (answer.status === 202) {
      const run = await api.reached(answer.body.id as string);
      const { text, status } = await api.call("GET", `/runs/${run.id}`);
      expect(status).toBe(200);
      if (json.includes("neighbour")) expect(text).toContain("neighbour");
      for (const path of ["steps", "trace", "events"])
        expect((await api.call("GET", `/runs/${run.id}/${path}`)).status).toBe(200);
    }
    expect(await api.ran("greet", { payload: { name: "Ada" } })).toMatchObject({ output: "hello Ada" });
  });

  test("and in every other body that the API takes", async () => {
    const bodies: [string, string][] = [
      ["null", "null"],
      ["a list", "[]"],
      ["a text", '"x"'],
      ["1e400", "1e400"],
      ["deep", "[".repeat(depth)],
      ["deep object", '{"a":'.repeat(depth) + "1" + "}".repeat(depth)],
      ["__proto__", '{"__proto__":{"polluted":true}}'],
      [
        "NUL everywhere",
        String.raw`{"name":"\u0000","slug":"\u0000","text":"\u0000","definition":"\u0000","reason":"\u0000","scopes":["\u0000"]}`,
      ],
      [
        "surrogates everywhere",
        String.raw`{"name":"\ud800","slug":"\ud800","text":"\ud800","definition":{"name":"\ud800"},"reason":"\ud800"}`,
      ],
      ["not UTF-8", "\u00ff"],
    ];
    const writes = operations.filter(({ method }) => method !== "GET" && method !== "DELETE");
    const sent = writes.flatMap((operation) => bodies.map(([name, raw]) => ({ ...operation, name, raw })));
    await each(sent, async ({ method, path, name, raw }) => {
      const bytes = name === "not UTF-8" ? Buffer.from([0x22, 0xff, 0x22]) : raw;
      expectNoFault(await api.call(method, filled(path, "nowhere"), { raw: bytes }), `${method} ${path} ${name}`);
    });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("a body that is right but for one value", { timeout: 120_000 }, () => {
  const values = [
    String.raw`"\u0000"`,
    String.raw`"\ud800"`,
    '"__proto__"',
    `"${"x".repeat(70_000)}"`,
    "9223372036854775808",
    "null",
    '"+275760-09-13T00:00:00Z"',
    String.raw`["\u0000"]`,
    "[".repeat(190) + "]".repeat(190),
  ];
  const names = [String.raw`"\u0000"`, String.raw`"\ud800"`, '"__proto__"', '"constructor"'];
  const here = "@here@";

  /** Copies of a value with a mark in place of each of its parts in turn, and of each of its names. */
  function* marked(value: unknown): Generator<unknown> {
    yield here;
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) for (const part of marked(item)) yield value.with(index, part);
      return;
    }
    yield { ...value, [here]: 1 };
    for (const [name, item] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).map(([key, own]) => [key === name ? here : key, own]));
      for (const part of marked(item)) yield { ...value, [name]: part };
    }
  }

  let count = 0;
  const fresh = () => `odd${count++}`;
  const tool = {
    http: { method: "POST", url: "http://a.example/{{ args.x }}", headers: { a: "b" }, query: { c: "d" } },
  };
  const definition = {
    name: "x",
    tools: { t: { description: "d", input: { type: "object" }, ...tool, retry: { maxAttempts: 2 } } },
    nodes: [
      { id: "a", type: "transform", title: "t", value: { k: "{{ trigger }}" } },
      { id: "c", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "hi" } },
      { id: "m", type: "map", over: [1], as: "x", nodes: [{ id: "i", type: "tool", tool: "t" }] },
    ],
    output: { z: "{{ nodes.a.output }}" },
  };
  const policy = { allowedModels: ["a:b"], allowedProviders: ["a"], replay: { allowMutations: null } };
  const replay = { mode: "model", model: { id: "m", ref: "a:m" }, nodeIds: ["x"], targetVersion: 1, fromNodeId: "y" };
  const more = { nodeMapping: { a: "b", c: null }, payload: { a: 1 }, environment: "staging", maxCostMicros: 5 };
  const bodies: Record<string, () => unknown> = {
    "POST /workflows": () => ({ slug: fresh(), name: "n", definition }),
    "POST /workflows/{slug}/versions": () => ({ definition: echo }),
    "POST /workflows/{slug}/versions/validate": () => ({ definition }),
    "POST /workflows/{slug}/runs": () => ({
      payload: { a: "b" },
      tags: ["t"],
      delay: "1h",
      ttl: "2h",
      concurrencyKey: "k",
    }),
    "POST /workflows/{slug}/runs/batch": () => ({ items: [{ payload: { a: "b" }, metadata: { a: "b" }, ttl: "2h" }] }),
    "POST /schedules": () => ({
      ...{ workflow: "odd", cron: "0 0 1 1 *", timeZone: "UTC", payload: { a: "b" } },
      ...{ environment: "staging", enabled: true, catchUp: false },
    }),
    "PATCH /schedules/{id}": () => ({ cron: "0 0 1 1 *", timeZone: "UTC", payload: { a: "b" }, enabled: false }),
    "POST /workflows/{slug}/pause": () => ({ reason: "r" }),
    "POST /workflows/{slug}/unpause": () => ({ reason: "r" }),
    "POST /prompts": () => ({ name: fresh(), text: "t" }),
    "POST /prompts/{id}/revisions": () => ({ text: fresh() }),
    "POST /runs/{id}/replay": () => ({ ...replay, ...more }),
    "POST /runs/{id}/replay/preflight": () => ({ ...replay, ...more }),
    "POST /runs/{id}/suggest-fix": () => ({ spanId: "s", model: "a:b", maxCostMicros: 5 }),
    "POST /runs/cancel": () => ({ filter: { tag: ["nobody"], version: 1, since: "1h", q: "x" } }),
    "POST /replay-batches": () => ({ name: "n", runIds: ["a"], request: replay, maxCostMicros: 5, onRefusal: "skip" }),
    "POST /replay-batches/preflight": () => ({ filter: { workflow: "odd", mode: "as_is", to: "2020-01-01" } }),
    "POST /replay-batches/{id}/resume": () => ({ maxCostMicros: 5 }),
    "POST /runs/{id}/reschedule": () => ({ delay: "1h" }),
    "POST /runs/{id}/approvals/{spanId}": () => ({ decision: "approve", comment: "c" }),
    "PUT /policies": () => policy,
    "PUT /policies/account": () => policy,
    "POST /models": () => ({ id: fresh(), provider: "acme", name: "n", price: { input: 1, output: 2 } }),
    "PATCH /models/{ref}": () => ({ retired: false }),
    "PUT /node-mappings": () => ({ workflow: "odd", from: 1, to: 2, visibility: "shared", pairs: { a: "b" } }),
    "PUT /environments/{name}": () => ({ defaultTtl: "1h" }),
    "PUT /environments/{name}/variables": () => ({ variables: { A: "x", B: { value: "y", secret: true } } }),
    "POST /api-keys": () => ({ name: "n", scopes: ["runs:read"], expiresAt: "2090-01-01T00:00:00Z" }),
    "POST /members": () => ({ email: `${fresh()}@example.com`, name: "N", role: "viewer" }),
    "PATCH /members/{id}": () => ({ role: "viewer" }),
    "POST /invitations": () => ({ email: `${fresh()}@example.com`, role: "viewer" }),
    "POST /invitations/decline": () => ({ token: "x" }),
    "PUT /providers/{provider}": () => ({ apiKey: "k", baseUrl: "https://api.example.com/v1" }),
    "POST /mcp-servers": () => ({ name: fresh(), url: "http://127.0.0.1:1/mcp", headers: { "x-a": "b" } }),
    "PATCH /mcp-servers/{id}": () => ({ trusted: true, definitions: { a: "b" }, url: "http://127.0.0.1:1/" }),
    "POST /tools": () => ({ name: fresh(), description: "d", input: { type: "object" }, ...tool, timeoutMs: 5 }),
    "PATCH /tools/{id}": () => ({ readOnly: null }),
    "POST /mutation-grants": () => ({ workflow: "odd", nodeIds: ["i"], durationMs: 1000, reason: "r" }),
    "PUT /workspace": () => ({ retentionDays: null, batchPace: 15 }),
  };

  test("every field of every body of the OpenAPI document", async () => {
    expect((await api.call("POST", "/workflows", { body: { slug: "odd", definition } })).status).toBe(201);
    const { body: prompt } = await api.call("POST", "/prompts", { body: { name: "odd", text: "t" } });
    const run = await api.ran("echo", { payload: 1 });
    const ids: Record<string, string> = { workflows: "odd", prompts: prompt.id, runs: run.id, environments: "odd" };
    const writes = operations.filter(({ hasBody }) => hasBody);
    expect(writes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(bodies).sort());
    const sent = writes.flatMap(({ method, path }) => {
      const real = path.replace(/\{\w+\}/, ids[path.split("/")[1] ?? ""] ?? "nowhere").replace(/\{\w+\}/g, "nowhere");
      return [...marked(bodies[`${method} ${path}`]?.())].flatMap((body) => {
        const text = JSON.stringify(body);
        const odd = text.includes(`"${here}":`) ? names : values;
        return odd.map((value) => ({ method, real, raw: text.replace(`"${here}"`, () => value) }));
      });
    });
    // A server that cannot be reached is a 502 of its own, and no fault of ours.
    const isOurs = ({ real }: { real: string }) => real !== "/mcp-servers";
    await each(sent.filter(isOurs), async ({ method, real, raw }) => {
      expectNoFault(await api.call(method, real, { raw }), `${method} ${real} ${raw.slice(0, 300)}`);
    });
    await api.call("PUT", "/policies", { body: {} });
    await api.call("PUT", "/policies/account", { body: {} });
  });
});

describe("hostile addresses", { timeout: 120_000 }, () => {
  const values = [
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF",
    "%",
    "..%2F..%2Fetc",
    "%27%22%3B--",
    "x".repeat(3_000),
    "-1",
    "1e400",
    "%F0%9F%98%80",
    "",
    "%20",
  ];

  test("every query parameter of every route, with values that nobody meant", async () => {
    const reads = operations.filter(({ method }) => method === "GET");
    const asked = reads.flatMap(({ path, query }) =>
      [...new Set([...query, "nobody", "workspace"])].flatMap((name) => values.map((value) => ({ path, name, value }))),
    );
    await each(asked, async ({ path, name, value }) => {
      const what = `GET ${path}?${name}=${value.slice(0, 20)}`;
      expectNoFault(await api.call("GET", `${filled(path, "nowhere")}?${name}=${value}`), what);
    });
  });

  test("every path parameter of every route", async () => {
    const usable = values.filter((value) => value !== "" && value !== "%");
    const asked = operations
      .filter(({ path }) => path.includes("{"))
      .flatMap((operation) => usable.map((value) => ({ ...operation, value })));
    await each(asked, async ({ method, path, value }) => {
      const sent = method === "GET" || method === "DELETE" ? {} : { body: {} };
      const answer = await api.call(method, filled(path, value), sent);
      expectNoFault(answer, `${method} ${path} ${value.slice(0, 20)}`);
    });
  });

  test("the pages with garbage in their addresses", async () => {
    const admin = mine.members.find(({ role }) => role === "admin");
    const cookie = cookieHeader(await signIn(stack.baseUrls[0] ?? "", admin ?? { email: "", password: "" }));
    const list = `/${mine.slug}/monitoring/workflow-runs`;
    const paths = [
      ...["q", "tag", "workflow", "status", "mode", "from", "to", "range", "version", "cursor", "trail"].flatMap(
        (name) => values.map((value) => `${list}?${name}=${value}`),
      ),
      ...values.flatMap((value) => [`/${mine.slug}/ai/runs/${value}`, `${list}/${value}`]),
      ...["%00", "%FF", "nowhere"].map((value) => `/${value}/monitoring/workflow-runs`),
      "/login?callbackUrl=%00",
      "/login?error=%00",
    ];
    await each(paths, async (path) => {
      const { status } = await fetch(`${stack.baseUrls[0]}${path}`, { headers: { cookie }, redirect: "manual" });
      expect(`${path.slice(0, 120)} ${status < 500 ? "no fault" : status}`).toBe(`${path.slice(0, 120)} no fault`);
    });
  });
});

describe("another tenant's key", () => {
  const bodies: Record<string, unknown> = {
    "POST /workflows/{slug}/runs": { payload: {} },
    "POST /workflows/{slug}/versions": { definition: greet },
    "POST /workflows/{slug}/pause": { reason: "x" },
    "POST /prompts/{id}/revisions": { text: "x" },
    "POST /runs/{id}/approvals/{spanId}": { decision: "approve" },
    "PATCH /members/{id}": { role: "viewer" },
    "PUT /environments/{name}/variables": { variables: {} },
    "PATCH /models/{ref}": { retired: true },
  };
  const state = async () => {
    const lists = [
      "/runs?limit=100",
      "/workflows",
      "/prompts",
      "/policies",
      "/members",
      "/audit-events?limit=100",
      "/environments/production/variables",
      "/models",
    ];
    const answers = await Promise.all(lists.map((path) => api.call("GET", path)));
    return answers.map(({ body }) => body as unknown);
  };

  test("gets 403 or 404 on every route of the OpenAPI document with our ids, sees nothing and changes nothing", async () => {
    const marker = "a-secret-of-ours";
    const { body: prompt } = await api.call("POST", "/prompts", { body: { name: marker, text: marker } });
    const { body: key } = await api.call("POST", "/api-keys", { body: { name: marker, scopes: ["runs:read"] } });
    const secretive = {
      ...greet,
      name: marker,
      nodes: [{ id: "n", type: "transform", value: marker }],
      output: marker,
    };
    await api.call("POST", "/workflows", { body: { slug: marker, definition: secretive } });
    await api.call("POST", `/workflows/${marker}/versions`, {
      body: { definition: { ...secretive, nodes: [{ id: "m", type: "transform", value: marker }] } },
    });
    await api.call("PUT", "/environments/production/variables", { body: { variables: { MARK: marker } } });
    const { body: mapping } = await api.call("PUT", "/node-mappings", {
      body: { workflow: marker, from: 1, to: 2, visibility: "shared", pairs: { n: "m" } },
    });
    const run = await api.ran(marker, { payload: marker, version: 1, tags: [marker] });
    const { body: trace } = await api.call("GET", `/runs/${run.id}/trace`);
    const member = mine.members.find(({ role }) => role === "viewer");
    const ids: Record<string, string> = {
      runs: run.id,
      prompts: prompt.id,
      "api-keys": key.id,
      members: member?.id ?? "",
      "node-mappings": mapping.id,
      workflows: marker,
      environments: "production",
      models: "anthropic:claude-opus-4-7",
    };
    const before = await state();
    for (const intruder of [theirs.api(), neighbour.api()]) {
      for (const { method, path } of operations) {
        const resource = path.split("/")[1] ?? "";
        const real = path
          .replace("{spanId}", trace.columns.id[0] as string)
          .replace("{hash}", prompt.contentHash as string)
          .replace("{version}", "1")
          .replace("{otherId}", run.id)
          .replace(/\{\w+\}/, ids[resource] ?? run.id);
        const body = bodies[`${method} ${path}`];
        const what = `${method} ${path}`;
        const answer = await intruder.call(
          method,
          real,
          method === "GET" || method === "DELETE" ? {} : { body: body ?? {} },
        );
        expect(`${what} shows ${answer.text.includes(marker) || answer.text.includes(mine.slug)}`).toBe(
          `${what} shows false`,
        );
        expect(`${what} ${answer.status < 500}`).toBe(`${what} true`);
        // What has no id of ours in it is the intruder's own business, and so are the shared names of models and environments.
        const isOurs = path.includes("{") && resource !== "environments" && resource !== "models";
        const refusals = body === undefined && method !== "GET" ? [403, 404, 400, 422] : [403, 404];
        if (isOurs) expect(`${what} ${refusals.includes(answer.status) || answer.status}`).toBe(`${what} true`);
      }
    }
    for (const query of [
      `rootRun=${run.id}`,
      `replayOf=${run.id}`,
      `q=${run.id}`,
      `workflow=${marker}`,
      `tag=${marker}`,
    ])
      expect((await theirs.api().call("GET", `/runs?${query}`)).body.data).toEqual([]);
    expect(await state()).toEqual(before);
  });

  test("and another tenant's session gets no page and no flight data of ours", async () => {
    const run = await api.ran("echo", { payload: "only-for-us" });
    const stranger = theirs.members.find(({ role }) => role === "owner");
    const cookie = cookieHeader(await signIn(stack.baseUrls[0] ?? "", stranger ?? { email: "", password: "" }));
    for (const path of [`/ai/runs/${run.id}`, "/monitoring/workflow-runs", `/monitoring/workflow-runs/${run.id}`])
      for (const headers of [{ cookie }, { cookie, rsc: "1" }] as Record<string, string>[]) {
        for (const slug of [mine.slug, theirs.slug]) {
          const answer = await fetch(`${stack.baseUrls[0]}/${slug}${path}`, { headers });
          const text = await answer.text();
          expect(text).not.toContain("only-for-us");
          expect(text).not.toMatch(new RegExp(`Workspace ${mine.slug}`));
        }
        // A flight stream has its status before the page's own answer; its content was looked at above.
        if ("rsc" in headers) continue;
        const { status } = await fetch(`${stack.baseUrls[0]}/${mine.slug}${path}`, { headers });
        expect([path, status]).toEqual([path, 404]);
      }
  });
});
