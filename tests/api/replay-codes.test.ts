import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { scopes } from "#/lib/contract/access.ts";
import { finished, startWorker } from "#/tests/support/engine.ts";
import { httpApi, type HttpApi } from "#/tests/support/http-api.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let worker: Awaited<ReturnType<typeof startWorker>>;
let server: Awaited<ReturnType<typeof startRouteServer>>;
let tenant: Tenant;
let api: HttpApi;
let stranger: HttpApi;
let runId: string;

const greeting = (id: string) => ({
  name: "greet",
  nodes: [{ id, type: "transform", value: "hello {{ trigger.name }}" }],
  output: `{{ nodes.${id}.output }}`,
});
const asking = {
  name: "ask",
  nodes: [
    { id: "ask", type: "model", when: "false", model: "anthropic:claude-haiku-4-5", prompt: { text: "Hi" } },
    { id: "end", type: "transform", value: 1 },
  ],
};

beforeAll(async () => {
  worker = await startWorker();
  server = await startRouteServer();
  tenant = await createTenant();
  const keyOf = async (of: Tenant) => (await createApiKey(of.system, { name: "all", scopes: [...scopes] })).secret;
  api = httpApi(server.url, await keyOf(tenant));
  stranger = httpApi(server.url, await keyOf(await createTenant()));
  await api.call("POST", "/workflows", { body: { slug: "greet", definition: greeting("hello") } });
  await api.call("POST", "/workflows/greet/versions", { body: { definition: greeting("hallo") } });
  await api.call("POST", "/workflows", { body: { slug: "ask", definition: asking } });
  runId = (await api.ran("greet", { version: 1, payload: { name: "Ada" } })).id;
});
afterAll(async () => {
  await server?.stop();
  await worker?.stop();
});

const replay = (id: string, body: object = {}, as: HttpApi = api) => as.call("POST", `/runs/${id}/replay`, { body });
const noModel =
  "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.";

describe("each code of the replay table, over HTTP", () => {
  const hash = `sha256:${"0".repeat(64)}`;
  const cases: [code: string, status: number, detail: string | RegExp, ask: () => ReturnType<typeof replay>][] = [
    ["not_found", 404, /.+/, () => replay("run_00000000000000000000000000")],
    ["cross_boundary", 403, "This run belongs to another workspace or account.", () => replay(runId, {}, stranger)],
    [
      "nodes_unmapped",
      409,
      "1 renamed node(s) need mapping before this cross-version replay can run.",
      () => replay(runId, { targetVersion: 2 }),
    ],
    ["mapping_invalid", 422, /ghost/, () => replay(runId, { targetVersion: 2, nodeMapping: { ghost: "hallo" } })],
    ["from_node_invalid", 422, "ghost is not a node of version 1.", () => replay(runId, { fromNodeId: "ghost" })],
    [
      "prompt_not_found",
      404,
      /prompt_nowhere/,
      () => replay(runId, { mode: "prompt", prompt: { artifactId: "prompt_nowhere", contentHash: hash } }),
    ],
    [
      "model_ref_mismatch",
      422,
      /.+/,
      () => replay(runId, { mode: "model", model: { id: "claude-opus-4-7", ref: "anthropic:claude-haiku-4-5" } }),
    ],
    [
      "model_not_available",
      403,
      noModel,
      () => replay(runId, { mode: "model", model: { id: "claude-none", ref: "anthropic:claude-none" } }),
    ],
    [
      "override_has_no_target",
      422,
      /.+/,
      () => replay(runId, { mode: "model", model: { id: "claude-opus-4-7", ref: "anthropic:claude-opus-4-7" } }),
    ],
    ["validation_failed", 400, /.+/, () => replay(runId, { mode: "prompt" })],
    ["validation_failed", 400, /.+/, () => replay(runId, { surprise: true })],
  ];
  test.each(cases)("%s", async (code, status, detail, ask) => {
    const before = (await api.call("GET", "/runs?limit=100")).body.data.length as number;
    const answer = await ask();
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.headers.get("request-id")).toBe(answer.body.requestId);
    expect(answer.body).toMatchObject({ status, code });
    expect(answer.status).toBe(status);
    if (typeof detail === "string") expect(answer.body.detail).toBe(detail);
    else expect(answer.body.detail).toMatch(detail);
    expect(answer.headers.get("x-should-retry")).toBe("false");
    expect(answer.headers.get("retry-after")).toBeNull();
    expect((await api.call("GET", "/runs?limit=100")).body.data.length).toBe(before);
  });

  test("a key that appears twice in a mapping is refused", async () => {
    const raw = `{"targetVersion":2,"nodeMapping":{"hello":"hallo","hello":null}}`;
    const answer = await api.call("POST", `/runs/${runId}/replay`, { raw });
    expect(answer.body).toMatchObject({ status: 422, code: "mapping_invalid" });
  });

  test("run_in_flight", async () => {
    const id = await api.trigger("greet", { payload: { name: "Ada" }, delay: "1h" });
    expect((await replay(id)).body).toMatchObject({
      status: 409,
      code: "run_in_flight",
      detail: "Cannot replay an in-flight run",
    });
    const wrong = { nodeMapping: { ghost: "hello" }, fromNodeId: "ghost" };
    expect((await replay(id, wrong)).body).toMatchObject({ status: 409, code: "run_in_flight" });
    const preflight = await api.call("POST", `/runs/${id}/replay/preflight`, { body: wrong });
    expect(preflight.status).toBe(200);
    const blocks = preflight.body.verdicts.filter((verdict: { level: string }) => verdict.level === "block");
    expect(blocks.map((verdict: { code: string }) => verdict.code)).toEqual([
      "run_in_flight",
      "mapping_invalid",
      "from_node_invalid",
    ]);
    await api.call("POST", `/runs/${id}/cancel`);
    expect((await replay(id)).status).toBe(202);
  });

  test("workflow_paused, until it is unpaused", async () => {
    await api.call("POST", "/workflows/greet/pause", { body: { reason: "looks wrong" } });
    expect((await replay(runId)).body).toMatchObject({
      status: 409,
      code: "workflow_paused",
      detail: "This workflow is paused for safety reasons. Unpause it before replaying.",
    });
    await api.call("POST", "/workflows/greet/unpause");
    expect((await replay(runId)).status).toBe(202);
  });

  test("provider_blocked, and a model that is not in the list", async () => {
    const { id } = await api.ran("ask");
    await api.call("PUT", "/policies", { body: { allowedProviders: ["openai"] } });
    expect((await replay(id)).body).toMatchObject({
      status: 403,
      code: "provider_blocked",
      detail:
        "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.",
    });
    await api.call("PUT", "/policies", { body: { allowedModels: ["Anthropic:claude-haiku-4-5"] } });
    expect((await replay(id)).body).toMatchObject({ status: 403, code: "model_not_available", detail: noModel });
    await api.call("PUT", "/policies", { body: {} });
    expect((await replay(id)).status).toBe(202);
  });

  test("replay_depth_exceeded: the sixth level", async () => {
    let id = (await api.ran("greet", { payload: { name: "Ada" } })).id;
    for (let depth = 1; depth <= 5; depth++) {
      const accepted = await replay(id);
      expect(accepted.body).toMatchObject({ depth });
      id = (await finished(tenant.system, accepted.body.id as string)).id;
    }
    expect((await replay(id)).body).toMatchObject({
      status: 429,
      code: "replay_depth_exceeded",
      detail: "Replay chain exceeded depth limit",
    });
  });

  test("source_version_unavailable: the version was deleted", async () => {
    const { id } = await api.ran("greet", { version: 2, payload: { name: "Ada" } });
    expect((await api.call("DELETE", "/workflows/greet/versions/2")).status).toBe(204);
    expect((await replay(id)).body).toMatchObject({
      status: 409,
      code: "source_version_unavailable",
      detail: "This run cannot be replayed because its source workflow version is no longer available.",
    });
  });

  test("replay_quota_exceeded, with what is left and when to come back", async () => {
    for (let submits = 0; submits < 21; submits++) {
      const answer = await replay(runId);
      if (answer.status === 202) continue;
      expect(answer.body).toMatchObject({
        status: 429,
        code: "replay_quota_exceeded",
        detail: "Replay quota exceeded",
      });
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer.headers.get("ratelimit-policy")).toBe('"replay";q=20;w=60');
      return;
    }
    throw new Error("21 replays in a minute were accepted");
  });
});
