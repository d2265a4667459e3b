import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";
import { createMcpServer } from "#/lib/tools/mcp-servers.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";
import { push } from "#/tests/support/engine.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { type FakeService, startFakeService } from "#/tests/support/fake-service.ts";
import { openStage, recorded, replayed, runOf, type Stage, tenantOf } from "#/tests/support/replay-stage.ts";

let stage: Stage;
let bank: McpTestServer;
/** Answers `/odd` with a number that cannot be kept, `/pay` with 303 and `/paid` with 503; redirects `/gone` within itself to a method override, and everything else to the shop, method and body kept. */
let door: FakeService;
/** A model that calls a tool by this name first, and then answers. */
let odd: FakeService & { called: string; given: object };
beforeAll(async () => {
  stage = await openStage();
  bank = await startMcpServer();
  door = await startFakeService(({ path, query }) => {
    const json: Record<string, string> = { "content-type": "application/json" };
    if (path === "/odd") return { headers: json, text: '{"paid":1e400}' };
    if (path === "/pay") return { status: 303, headers: { location: "/paid" } };
    if (path === "/paid") return { status: 503 };
    if (query.has("_method")) return { json: {} };
    return { status: 307, headers: { location: path === "/gone" ? "/gone?_method=delete" : `${stage.shop.url}/away` } };
  });
  odd = await startOddModel();
  process.env["REPRISE_EGRESS_ALLOW"] += `,${bank.host},${new URL(door.url).host},${new URL(odd.url).host}`;
});
afterAll(async () => {
  await odd?.stop();
  await door?.stop();
  await bank?.close();
  await stage?.close();
});
beforeEach(() => {
  door.received.length = 0;
  stage.shop.forget();
  bank.forget();
});

/** Speaks OpenAI's chat format. */
async function startOddModel(): Promise<typeof odd> {
  const service = await startFakeService(({ body }) => {
    const isFirst = !body.includes('"role":"tool"');
    const call = {
      index: 0,
      id: "call_1",
      type: "function",
      function: { name: odd.called, arguments: JSON.stringify(odd.given) },
    };
    const choice = isFirst
      ? { index: 0, delta: { tool_calls: [call] }, finish_reason: "tool_calls" }
      : { index: 0, delta: { content: "done" }, finish_reason: "stop" };
    const chunk = { id: "c", model: "odd", choices: [choice] };
    const text = `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`;
    return { headers: { "content-type": "text/event-stream" }, text };
  });
  return { ...service, called: "", given: {} };
}

const node = (id: string, fields: object) => ({ id, type: "tool", ...fields });

describe("a built-in tool", () => {
  test("is called by a node, and again in a replay, as it declares itself read-only", async () => {
    const { system } = await tenantOf(stage);
    const nodes = [
      node("now", { builtin: "time.now" }),
      node("get", { builtin: "http.get", arguments: { url: "{{ env.SHOP }}/a" } }),
      node("take", {
        needs: ["get"],
        builtin: "json.pointer",
        arguments: { data: "{{ nodes.get.output }}", pointer: "/body/path" },
      }),
    ];
    const flow = {
      name: "flow",
      nodes,
      output: { path: "{{ nodes.take.output }}", iso: "{{ nodes.now.output.iso }}" },
    };
    const run = await recorded(system, "flow", flow);
    expect(run).toMatchObject({ status: "completed", output: { path: "/a", iso: expect.stringMatching(/^20\d\d-/) } });
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 0, dryRunSimulated: 0 } });
    expect(stage.shop.sent("GET")).toHaveLength(1);
  });

  test("reads no private address, and counts as mutating when an address overrides the method", async () => {
    const { system } = await tenantOf(stage);
    const refused = await recorded(system, "private", {
      name: "f",
      nodes: [node("x", { builtin: "http.get", arguments: { url: "http://169.254.169.254/latest" } })],
    });
    expect(refused).toMatchObject({ status: "failed", error: { code: "tool_request_refused" } });
    // A URL loses the line breaks inside it before it is sent.
    const queries = ["_method=delete", "_me\nthod=delete", "_me\tthod=delete", "x-http-\r\nmethod=delete"];
    const nodes = queries.map((query, index) =>
      node(`x${index}`, { builtin: "http.get", arguments: { url: `{{ env.SHOP }}/a?${query}` } }),
    );
    const run = await recorded(system, "override", { name: "f", nodes });
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(stage.shop.sent()).toEqual([]);
    expect(replay.effects.dryRunRecorded).toBe(queries.length);
  });

  test.each([
    ["a number", { data: { a: [1, { b: 2 }] }, pointer: "/a/1/b" }, 2],
    ["nothing", { data: { a: 1 }, pointer: "/b/c" }, null],
    ["the whole", { data: [1], pointer: "" }, [1]],
    ["escaped names", { data: { "a/b": { "~": 3 } }, pointer: "/a~1b/~0" }, 3],
    ["no inherited name", { data: {}, pointer: "/constructor" }, null],
  ])("json.pointer finds %s", async (_what, args, value) => {
    const { system } = await tenantOf(stage);
    const nodes = [node("x", { builtin: "json.pointer", arguments: args })];
    expect((await recorded(system, "f", { name: "f", nodes, output: "{{ nodes.x.output }}" })).output).toEqual(value);
  });
});

describe("an HTTP tool of the workspace", () => {
  const pay = {
    name: "pay",
    http: { method: "POST", url: "{{ env.SHOP }}/pay" },
    output: { type: "object", required: ["number"], properties: { number: { type: "integer" } } },
  };

  test("is used by name, sends its arguments, and passes the gate", async () => {
    const { system } = await tenantOf(stage);
    const made = await createTool(system, pay);
    expect(made).toMatchObject({
      kind: "http",
      mutating: true,
      why: "POST is mutating",
      request: "POST {{ env.SHOP }}/pay",
    });
    const run = await recorded(system, "flow", {
      name: "f",
      nodes: [node("x", { use: "pay", arguments: { cents: 5 } })],
    });
    expect(run.status).toBe("completed");
    expect(stage.shop.sent("POST")).toMatchObject([{ path: "/pay", body: { cents: 5 } }]);
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(stage.shop.sent()).toEqual([]);
    expect(replay.effects.dryRunRecorded).toBe(1);
    const { plan } = await preflightReplay(system, run.id, {});
    expect(plan.calls).toMatchObject([
      { nodeId: "x", tool: `POST ${stage.shop.url}/pay`, mutating: true, verdict: "dry_run", recorded: 1 },
    ]);
    await deleteTool(system, made.id ?? "");
    expect(await runOf(system, "flow")).toMatchObject({ status: "failed", error: { code: "tool_failed" } });
  });

  test("is checked as a tool of a version is, and its name is taken once", async () => {
    const { system } = await tenantOf(stage);
    await expect(createTool(system, { name: "bad", http: { method: "FETCH", url: "x" } })).rejects.toMatchObject({
      code: "validation_failed",
      fields: expect.arrayContaining([expect.objectContaining({ path: "body.http.method" })]),
    });
    await expect(
      createTool(system, { name: "bad", http: { method: "GET", url: "http://x/{{ nodes.a }}" } }),
    ).rejects.toMatchObject({ code: "validation_failed" });
    await createTool(system, pay);
    await expect(createTool(system, pay)).rejects.toMatchObject({ code: "conflict" });
  });

  test("can be marked mutating, never read-only: its method is what proves it", async () => {
    const { system } = await tenantOf(stage);
    const [post, get] = [
      await createTool(system, pay),
      await createTool(system, { name: "look", http: { method: "GET", url: "{{ env.SHOP }}/look" } }),
    ];
    await expect(markTool(system, post.id ?? "", true)).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "body.readOnly" }],
    });
    const run = await recorded(system, "flow", { name: "f", nodes: [node("x", { use: "look" })] });
    expect(await markTool(system, get.id ?? "", false)).toMatchObject({
      mutating: true,
      why: "marked mutating by an admin",
    });
    stage.shop.forget();
    await replayed(system, run.id);
    expect(stage.shop.sent()).toEqual([]);
  });
});

describe("an agent", () => {
  test("is told of tools of every kind and calls them through the same gate", async () => {
    const { system } = await tenantOf(stage);
    await createMcpServer(system, { name: "bank", url: bank.url });
    const tools = {
      send_money: { mcp: { server: "bank", tool: "send_money" } },
      clock: { builtin: "time.now", description: "What time is it" },
    };
    const prompt = { text: "Ask clock, then call send_money." };
    const nodes = [
      { id: "act", type: "agent", model: "anthropic:claude-haiku-4-5", prompt, tools: ["send_money", "clock"] },
    ];
    await push(system, "flow", { name: "f", tools, nodes });
    const run = await runOf(system, "flow");
    expect(run).toMatchObject({ status: "completed", effects: { live: 1 } });
    expect(bank.calls("send_money")).toHaveLength(1);
    const told = JSON.stringify(stage.provider.journal().at(-1));
    for (const word of ["Sends money", "What time is it", "cents"]) expect(told).toContain(word);
    bank.forget();
    const replay = await replayed(system, run.id);
    expect(replay.status).toBe("completed");
    expect(bank.requests).toEqual([]);
    expect(replay.effects).toMatchObject({ live: 0, dryRunRecorded: 1 });
  });
});

describe("an agent's call that was made, and whose answer cannot be kept,", () => {
  test.each([
    ["by an HTTP tool", () => ({ http: { method: "POST", url: `${door.url}/odd` } }), () => door.received],
    ["by an MCP tool", () => ({ mcp: { server: "bank", tool: "read_balance" } }), () => bank.calls("read_balance")],
  ])("%s: the agent is told that it was made, also in a replay; the call is made once", async (_how, tool, calls) => {
    const { system } = await tenantOf(stage);
    await createMcpServer(system, { name: "bank", url: bank.url });
    odd.called = "take";
    odd.given = { account: "a-1" };
    odd.received.length = 0;
    bank.state.balance = "9007199254740993";
    await putProvider(system, "odd", { apiKey: "", baseUrl: `${odd.url}/v1` });
    await createModel(system, { id: "odd", provider: "odd" });
    const act = { id: "act", type: "agent", model: "odd:odd", prompt: { text: "act" }, tools: ["take"] };
    const tools = { take: { ...tool(), retry: { maxAttempts: 3, backoffMs: 1 } } };
    const run = await recorded(system, "flow", { name: "f", tools, nodes: [act] });
    expect(run).toMatchObject({ status: "completed", effects: { live: 1 } });
    expect(await replayed(system, run.id)).toMatchObject({ status: "completed", effects: { live: 0 } });
    bank.state.balance = "12";
    expect(calls()).toHaveLength(1);
    for (const asked of [odd.received[1], odd.received[3]])
      expect(asked?.body).toMatch(/take was made, but its answer cannot be kept: .* Do not make this call again\./);
  });
});

describe("a model that calls tools which it was not offered", () => {
  test.each([
    ["with U+0000 in the name", "send\u0000"],
    ["with half a character in the name", "send\ud800"],
    ["with a name longer than an index takes", Array.from({ length: 5_000 }, (_, n) => n.toString(36)).join("")],
    ["with the name of an attempt", "look-0#1"],
  ])("%s is told so, and the run goes on", async (_how, name) => {
    const { system } = await tenantOf(stage);
    odd.called = name;
    odd.given = {};
    odd.received.length = 0;
    await putProvider(system, "odd", { apiKey: "", baseUrl: `${odd.url}/v1` });
    await createModel(system, { id: "odd", provider: "odd" });
    const act = { id: "act", type: "agent", model: "odd:odd", prompt: { text: "act" }, tools: ["look"] };
    const tools = { look: { builtin: "time.now" } };
    const run = await recorded(system, "flow", { name: "f", tools, nodes: [act], output: "{{ nodes.act.output }}" });
    expect([run.status, run.error, run.output]).toEqual(["completed", null, "done"]);
    expect(odd.received).toHaveLength(2);
    expect(odd.received[1]?.body).toContain("There is no tool named");
  });
});

describe("a definition", () => {
  const tool = (fields: object) => ({
    name: "f",
    tools: { t: fields },
    nodes: [{ id: "a", type: "transform", value: 1 }],
  });
  test.each([
    ["a kind that does not exist", tool({ hosted: { name: "web_search" } }), "tools.t.hosted"],
    ["a tool that runs at the provider", tool({ provider: "code_execution" }), "tools.t.provider"],
    ["two kinds at once", tool({ builtin: "time.now", use: "x" }), "tools.t.http"],
    ["no kind", tool({ description: "x" }), "tools.t.http"],
    ["a built-in tool that does not exist", tool({ builtin: "shell.run" }), "tools.t.builtin"],
    ["an MCP tool that the workspace does not have", tool({ mcp: { server: "bank", tool: "x" } }), "tools.t.mcp"],
    ["a tool that the workspace does not have", tool({ use: "nope" }), "tools.t.use"],
    ["a mark that says read-only", tool({ builtin: "time.now", mutating: false }), "tools.t.mutating"],
    [
      "arguments of a plain request",
      { name: "f", nodes: [node("x", { http: { method: "GET", url: "http://x/" }, arguments: {} })] },
      "nodes[0].arguments",
    ],
  ])("with %s is refused at push", async (_what, definition, path) => {
    const { system } = await tenantOf(stage);
    const refusal = push(system, "flow", definition);
    await expect(refusal).rejects.toMatchObject({
      code: "workflow_invalid",
      fields: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });
});

describe("a redirect", () => {
  test.each([
    ["an HTTP node", { http: { method: "GET", url: "{{ env.DOOR }}/gone" } }],
    ["a built-in tool", { builtin: "http.get", arguments: { url: "{{ env.DOOR }}/gone" } }],
  ])("leads no read-only call of a replay by %s to a method override", async (_what, fields) => {
    const { system } = await tenantOf(stage);
    await putVariables(system, "production", { variables: { DOOR: door.url } });
    const run = await recorded(system, "flow", { name: "f", nodes: [node("x", fields)] });
    expect([run.status, door.received.length]).toEqual(["completed", 2]);
    door.received.length = 0;
    const replay = await replayed(system, run.id);
    expect(replay).toMatchObject({ status: "failed", error: { code: "tool_request_refused" } });
    expect(door.received.map(({ query }) => query.has("_method"))).toEqual([false]);
  });

  test("by which a call was answered keeps it from being made again, whatever it leads to", async () => {
    const { system } = await tenantOf(stage);
    await putVariables(system, "production", { variables: { DOOR: door.url } });
    const http = { method: "POST", url: "{{ env.DOOR }}/pay" };
    const nodes = [node("x", { http, retry: { maxAttempts: 3, backoffMs: 1 } })];
    const run = await recorded(system, "flow", { name: "f", nodes });
    expect(run).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
    expect(door.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /pay", "GET /paid"]);
  });

  test.each([
    ["plain", "text/plain", "key={{ env.KEY }}"],
    ["in a form", "application/x-www-form-urlencoded", { key: "{{ env.KEY }}" }],
    ["in JSON", "application/json", { key: "{{ env.KEY }}" }],
  ])("takes no body with a secret to another origin: %s", async (_how, type, body) => {
    const { system } = await tenantOf(stage);
    const secret = { value: 'q+8/"x\n7=', secret: true };
    await putVariables(system, "production", { variables: { DOOR: door.url, KEY: secret } });
    const http = { method: "POST", url: "{{ env.DOOR }}/away", headers: { "content-type": type }, body };
    const run = await recorded(system, "flow", { name: "f", nodes: [node("x", { http })] });
    expect([door.received.length, stage.shop.sent()]).toEqual([1, []]);
    expect(run).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
  });
});

describe("the environment of a replay", () => {
  test("decides where tools go, and the plan says so beforehand", async () => {
    const staging = createServer((_request, response) =>
      response.setHeader("content-type", "application/json").end("{}"),
    );
    await new Promise<void>((resolve) => staging.listen(0, "127.0.0.1", resolve));
    const { system } = await tenantOf(stage);
    await putVariables(system, "staging", { variables: { SHOP: "https://staging.shop.example/api" } });
    await putVariables(system, "hidden", { variables: { SHOP: { value: "https://secret.example", secret: true } } });
    const nodes = [
      node("x", { http: { method: "GET", url: "{{ env.SHOP }}/x/{{ trigger.id }}" } }),
      node("y", { http: { method: "GET", url: "{{ trigger.url }}/y" } }),
    ];
    await push(system, "flow", { name: "f", nodes });
    const run = await runOf(system, "flow", { id: 1, url: stage.shop.url });
    const hostsIn = async (environment?: string) =>
      (await preflightReplay(system, run.id, environment === undefined ? {} : { environment })).plan.hosts;
    expect(await hostsIn()).toEqual([
      { nodeId: "x", host: new URL(stage.shop.url).host },
      { nodeId: "y", host: null },
    ]);
    expect(await hostsIn("staging")).toEqual([
      { nodeId: "x", host: "staging.shop.example" },
      { nodeId: "y", host: null },
    ]);
    expect(await hostsIn("hidden")).toEqual([
      { nodeId: "x", host: null },
      { nodeId: "y", host: null },
    ]);
    expect(await hostsIn("empty")).toEqual([
      { nodeId: "x", host: null },
      { nodeId: "y", host: null },
    ]);
    staging.close();
  });
});

test("every kind is listed with its judgement and why", async () => {
  const { system } = await tenantOf(stage);
  await createTool(system, { name: "look", http: { method: "GET", url: "{{ env.SHOP }}/look" } });
  await createMcpServer(system, { name: "bank", url: bank.url });
  const listed = await listTools(system);
  expect(
    listed
      .map(({ kind }) => kind)
      .filter((kind, index, all) => all.indexOf(kind) === index)
      .sort(),
  ).toEqual(["builtin", "http", "mcp"]);
  expect(listed.every(({ why }) => why !== "")).toBe(true);
  const steps = await listSteps(
    system,
    (await recorded(system, "f", { name: "f", nodes: [node("x", { use: "look" })] })).id,
  );
  expect(steps.data[0]?.effect).toMatchObject({ mutating: false, why: "GET is read-only" });
});
