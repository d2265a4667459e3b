import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { openStage, recorded, replayed, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { readTrace } from "#/tests/support/read-trace.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.shop.forget());

const call = (id: string, http: object, change: object = {}) => ({
  id,
  type: "tool",
  http: { url: `{{ env.SHOP }}/${id}`, ...http },
  ...change,
});
const optIn = (value: boolean) => ({ policies: { replay: { allowMutations: value } } });

/** Verdict and output of every tool call of a run, by the key of its span. */
async function effectsOf(ctx: Ctx, runId: string) {
  const trace = await readTrace(ctx, runId);
  const calls = trace.columns.id.filter((_id, row) => trace.columns.effect[row] !== null);
  const spans = await Promise.all(calls.map((id) => readSpan(ctx, runId, id)));
  return Object.fromEntries(spans.map((span) => [span.key, span]));
}

const mutatingCalls: [string, object][] = [
  ["POST", call("x", { method: "POST" })],
  ["PUT", call("x", { method: "PUT", body: { a: 1 } })],
  ["PATCH", call("x", { method: "PATCH", body: { a: 1 } })],
  ["DELETE", call("x", { method: "DELETE" })],
  ["a GET that its author marked", call("x", { method: "GET" }, { mutating: true })],
  [
    "a GET with a method override header",
    call("x", { method: "GET", headers: { "X-HTTP-Method-Override": "DELETE" } }),
  ],
  ["a GET with an underscored override header", call("x", { method: "GET", headers: { x_http_method: "PUT" } })],
  ["a GET with _method in its query", call("x", { method: "GET", query: { _method: "delete" } })],
  ["a GET with _method in its URL", call("x", { method: "GET", url: "{{ env.SHOP }}/x?_method=delete" })],
  [
    "a GET whose URL gets _method from a template",
    call("x", { method: "GET", url: "{{ env.SHOP }}/x?{{ trigger.extra }}" }),
  ],
  ["a POST that is retried when it fails", call("x", { method: "POST" }, { retry: { maxAttempts: 3, backoffMs: 1 } })],
];

describe("a replay makes no mutating call", () => {
  test.each(mutatingCalls)("%s: the receiver sees nothing, the step gets the recorded answer", async (_what, node) => {
    const { system } = await tenantOf(stage);
    const flow = { name: "flow", nodes: [node], output: "{{ nodes.x.output }}" };
    const run = await recorded(system, "flow", flow, { extra: "_method=delete" });
    expect(stage.shop.sent()).toHaveLength(1);
    expect(run).toMatchObject({ status: "completed", effects: { live: 1 } });
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(stage.shop.sent()).toEqual([]);
    expect(replay).toMatchObject({
      status: "completed",
      output: run.output,
      effects: { live: 0, dryRunRecorded: 1, dryRunSimulated: 0, neverMadeByOriginal: 0, otherArguments: 0 },
    });
    const { x } = await effectsOf(system, replay.id);
    expect(x?.effect).toMatchObject({
      verdict: "dry_run_recorded",
      mutating: true,
      recordedFrom: { runId: run.id, spanId: (await effectsOf(system, run.id))["x"]?.id },
    });
    expect(x?.effect?.why).toContain("mutations in replays are off by default");
  });

  test("reading calls are made again", async () => {
    const { system } = await tenantOf(stage);
    const nodes = ["GET", "HEAD", "OPTIONS"].map((method) => call(`x_${method}`, { method }));
    const run = await recorded(system, "flow", { name: "flow", nodes });
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(
      stage.shop
        .sent()
        .map((request) => request.method)
        .sort(),
    ).toEqual(["GET", "HEAD", "OPTIONS"]);
    expect(replay.effects).toMatchObject({ live: 0, dryRunRecorded: 0, dryRunSimulated: 0 });
  });

  test.each(["on its version", "on another version, under another id"])(
    "the preflight counts the recorded answers to calls inside of other workflows too: %s",
    async (where) => {
      const { system } = await tenantOf(stage);
      const sub = (id: string, workflow: string) => ({ id, type: "workflow", workflow });
      await push(system, "leaf", { name: "leaf", nodes: [call("pay", { method: "POST" })] });
      await push(system, "child", { name: "child", nodes: [call("book", { method: "PUT" }), sub("deep", "leaf")] });
      const flow = (id: string) => ({
        name: "outer",
        nodes: [{ id: "each", type: "map", over: [1, 2], as: "item", nodes: [sub(id, "child")] }],
      });
      const run = await recorded(system, "outer", flow("host"));
      const moved = where !== "on its version";
      if (moved) await push(system, "outer", flow("moved"), true);
      const request: ReplayRequest = moved ? { targetVersion: 2, nodeMapping: { host: "moved" } } : {};
      const { plan } = await preflightReplay(system, run.id, request);
      const at = moved ? "moved" : "host";
      expect(plan.calls.map(({ nodeId, recorded: answers }) => [nodeId, answers])).toEqual([
        [`${at}/book`, 2],
        [`${at}/deep/pay`, 2],
      ]);
      const replay = await replayed(system, run.id, request);
      expect(replay.effects).toMatchObject({ dryRunRecorded: 4, dryRunSimulated: 0 });
      const ofReplay = await preflightReplay(system, replay.id, {});
      expect(ofReplay.plan.calls.map(({ recorded: answers }) => answers)).toEqual([2, 2]);
    },
  );

  test("one identical call more than the original made is a call that it never made", async () => {
    const { system } = await tenantOf(stage);
    const pay = call("pay", { method: "POST", body: { n: 1 } });
    const each = { id: "each", type: "map", over: "{{ trigger.items }}", as: "item", nodes: [pay] };
    const run = await recorded(system, "flow", { name: "flow", nodes: [each] }, { items: [1, 2] });
    const replay = await replayed(system, run.id, { payload: { items: [1, 2, 3, 4] } });
    expect(replay).toMatchObject({
      effects: { dryRunRecorded: 2, dryRunSimulated: 2, neverMadeByOriginal: 2, otherArguments: 0 },
      differingCalls: [{ differs: "never_made" }, { differs: "never_made" }],
    });
    // Two of the four were made up: a replay of it finds two answers, as the preflight says.
    const preflight = await preflightReplay(system, replay.id, {});
    expect(preflight.plan.calls).toMatchObject([{ nodeId: "pay", recorded: 2 }]);
    const again = await replayed(system, replay.id);
    expect(again.effects).toMatchObject({ dryRunRecorded: 2, dryRunSimulated: 2, neverMadeByOriginal: 0 });
    await deleteRun(system, run.id);
    const without = await preflightReplay(system, replay.id, {});
    expect(without.plan.calls).toMatchObject([{ nodeId: "pay", recorded: 0 }]);
  });

  test("with other arguments the answer is made up from the tool's schema, and counted as other arguments", async () => {
    const { system } = await tenantOf(stage);
    const tools = {
      pay: {
        http: { method: "POST", url: "{{ env.SHOP }}/pay" },
        output: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
      },
    };
    const nodes = [{ id: "x", type: "tool", tool: "pay", arguments: { amount: "{{ trigger.amount }}" } }];
    const run = await recorded(
      system,
      "flow",
      { name: "flow", tools, nodes, output: "{{ nodes.x.output }}" },
      { amount: 5 },
    );
    stage.shop.forget();
    const same = await replayed(system, run.id);
    expect(same).toMatchObject({ output: run.output, effects: { dryRunRecorded: 1, otherArguments: 0 } });
    const other = await replayed(system, run.id, { payload: { amount: 6 } });
    expect(other).toMatchObject({
      status: "completed",
      effects: { dryRunSimulated: 1, otherArguments: 1, neverMadeByOriginal: 0 },
      differingCalls: [{ nodeId: "x", name: "x", differs: "other_arguments" }],
    });
    expect(same.differingCalls).toEqual([]);
    expect(other.output).toEqual({ id: expect.any(String) });
    expect(stage.shop.sent()).toEqual([]);
  });

  test("a call that the original never made is simulated, and counted as such", async () => {
    const { system } = await tenantOf(stage);
    const nodes = [call("x", { method: "POST" }, { when: "trigger.pay" })];
    const run = await recorded(system, "flow", { name: "flow", nodes }, { pay: false });
    const replay = await replayed(system, run.id, { payload: { pay: true } });
    expect(stage.shop.sent()).toEqual([]);
    expect(replay.effects).toMatchObject({ dryRunSimulated: 1, neverMadeByOriginal: 1, otherArguments: 0 });
    expect(replay.differingCalls).toMatchObject([{ nodeId: "x", name: "x", differs: "never_made" }]);
  });
});

describe("calls that an agent chooses", () => {
  const agent = (id: string, asked: string, change: object = {}) => ({
    id,
    type: "agent",
    model: "anthropic:claude-haiku-4-5",
    prompt: { text: asked },
    input: { orderId: "A-1" },
    tools: ["find_order", "pay_order"],
    maxTurns: 8,
    ...change,
  });
  const tool = (method: string, path: string) => ({
    description: path,
    input: {
      type: "object",
      required: ["orderId"],
      additionalProperties: false,
      properties: { orderId: { type: "string" } },
    },
    http: { method, url: `{{ env.SHOP }}/${path}/{{ args.orderId }}` },
  });
  const tools = { find_order: tool("GET", "find"), pay_order: tool("POST", "pay") };
  const flow = (...nodes: object[]) => ({ name: "flow", tools, nodes });

  test("mutating ones do not leave, reading ones do; the n-th identical call gets the n-th recorded answer", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(
      system,
      "flow",
      flow(agent("decide", "Call find_order once, then pay_order three times.")),
    );
    expect(run).toMatchObject({ status: "completed", error: null, effects: { live: 3 } });
    expect(stage.shop.sent("POST")).toHaveLength(3);
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(stage.shop.sent("POST")).toEqual([]);
    expect(stage.shop.sent("GET").length).toBe(1);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 3, dryRunSimulated: 0 } });

    const [before, after] = [await effectsOf(system, run.id), await effectsOf(system, replay.id)];
    const paid = Object.keys(before)
      .filter((key) => key.includes("pay_order"))
      .sort();
    expect(paid).toHaveLength(3);
    expect(new Set(paid.map((key) => JSON.stringify(before[key]?.output))).size).toBe(3);
    for (const key of paid) {
      expect(after[key]?.output).toEqual(before[key]?.output);
      expect(after[key]?.effect?.recordedFrom).toEqual({ runId: run.id, spanId: before[key]?.id });
    }
  });

  test("opting in on one node makes exactly its calls, with an audit row for each", async () => {
    const tenant = await tenantOf(stage);
    const { system } = tenant;
    const run = await recorded(
      system,
      "flow",
      flow(
        agent("pays", "Call pay_order twice.", optIn(true)),
        agent("asks", "Call pay_order once.", { needs: ["pays"] }),
        call("post", { method: "POST" }, { needs: ["asks"] }),
        call("put", { method: "PUT" }, { needs: ["post"], ...optIn(false) }),
      ),
    );
    expect(run).toMatchObject({ status: "completed", effects: { live: 5 } });
    stage.shop.forget();
    const preflight = await preflightReplay(system, run.id, {});
    expect(preflight.plan.allowsMutations).toBe(true);
    expect(
      preflight.plan.calls
        .filter((planned) => planned.mutating && planned.verdict === "live")
        .map((planned) => planned.nodeId),
    ).toEqual(["pays"]);
    const replay = await replayed(system, run.id);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 2, dryRunRecorded: 3 } });
    expect(stage.shop.sent("POST", "PUT").map((request) => request.path)).toEqual(["/pay/A-1", "/pay/A-1"]);
    const audit = await listAuditEvents(system, { filter: { action: "tool.live_mutation" }, limit: 10, after: null });
    expect(audit.data.map((row) => row.details?.["nodeId"])).toEqual(["pays", "pays"]);
    expect(audit.data.every((row) => row.target === replay.id)).toBe(true);
  });
});

describe("who may let a replay mutate", () => {
  const node = (change: object = {}) => call("x", { method: "POST" }, change);
  const allow = (value: boolean | null) => ({ replay: { allowMutations: value } });

  test.each<[string, object, { workspace?: object; account?: object }, number]>([
    ["nobody says anything", {}, {}, 0],
    ["the node opts in", optIn(true), {}, 1],
    ["the node opts out, the workspace allows", optIn(false), { workspace: allow(true) }, 0],
    ["the workspace allows", {}, { workspace: allow(true) }, 1],
    ["the workspace forbids what the node opts in to", optIn(true), { workspace: allow(false) }, 0],
    ["the account forbids what both allow", optIn(true), { account: allow(false), workspace: allow(true) }, 0],
    ["the account alone allows nothing", {}, { account: allow(true) }, 0],
  ])("%s", async (_what, change, { workspace, account }, sent) => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "flow", { name: "flow", nodes: [node(change)] });
    if (workspace) await putWorkspacePolicy(system, workspace);
    if (account) await putAccountPolicy(system, account);
    stage.shop.forget();
    const preflight = await preflightReplay(system, run.id, {});
    expect(preflight.plan.allowsMutations).toBe(sent > 0);
    const replay = await replayed(system, run.id);
    expect(stage.shop.sent()).toHaveLength(sent);
    expect(replay.effects.live).toBe(sent);
  });

  test("a policy that forbids it while a retry waits keeps the retry from leaving", async () => {
    const { system } = await tenantOf(stage);
    const retry = { maxAttempts: 3, backoffMs: 3000 };
    const run = await recorded(system, "flow", { name: "flow", nodes: [node({ ...optIn(true), retry })] });
    stage.shop.forget();
    stage.shop.answer(503, 503, 503);
    const replaying = replayed(system, run.id);
    await expect.poll(() => stage.shop.sent().length).toBe(1);
    await putWorkspacePolicy(system, allow(false));
    const replay = await replaying;
    expect(stage.shop.sent()).toHaveLength(1);
    expect(replay).toMatchObject({ status: "failed", error: { code: "tool_request_refused", nodeId: "x" } });
  });
});

test("a call that was let out and waits for its next attempt never becomes a dry run", async () => {
  const { system } = await tenantOf(stage);
  const retry = { maxAttempts: 3, backoffMs: 60_000 };
  const node = call("x", { method: "POST" }, { ...optIn(true), retry });
  const run = await recorded(system, "flow", { name: "flow", nodes: [node] });
  stage.shop.forget();
  stage.shop.answer(503);
  const { id } = await submitReplay(system, run.id, {});
  await expect.poll(async () => (await getRun(system, id)).statusReason).toBe("retry_backoff");
  await putWorkspacePolicy(system, { replay: { allowMutations: false } });
  await database().execute(sql`update spans set wake_at = now() where run_id = ${id}`);
  await database().execute(sql`update runs set due_at = now() where id = ${id}`);
  const replay = await finished(system, id);
  expect(stage.shop.sent()).toHaveLength(1);
  expect(replay).toMatchObject({ status: "failed", error: { code: "tool_request_refused" }, effects: { live: 1 } });
});

describe("a replay of a replay", () => {
  test("is answered from the first run's record, through every level", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "flow", {
      name: "flow",
      nodes: [call("x", { method: "POST" })],
      output: "{{ nodes.x.output }}",
    });
    stage.shop.forget();
    let source = run.id;
    for (let depth = 1; depth <= 3; depth += 1) {
      const replay = await replayed(system, source);
      expect(replay).toMatchObject({ depth, rootRun: run.id, replayOf: source, output: run.output });
      const { x } = await effectsOf(system, replay.id);
      expect(x?.effect).toMatchObject({ verdict: "dry_run_recorded", recordedFrom: { runId: run.id } });
      source = replay.id;
    }
    expect(stage.shop.sent()).toEqual([]);
  });

  test("never takes an answer that was made up for a recorded one, also when the step was reused", async () => {
    const { system } = await tenantOf(stage);
    const nodes = [
      call("x", { method: "POST", body: { n: "{{ trigger.n }}" } }),
      { id: "end", type: "transform", needs: ["x"], value: 1 },
    ];
    const run = await recorded(system, "flow", { name: "flow", nodes }, { n: 1 });
    const other = await replayed(system, run.id, { payload: { n: 2 } });
    expect(other.effects.dryRunSimulated).toBe(1);
    const kept = await replayed(system, other.id, { fromNodeId: "end" });
    expect(kept.effects).toMatchObject({ reused: 1, dryRunSimulated: 0 });
    for (const source of [other.id, kept.id]) {
      const again = await replayed(system, source);
      expect(again.effects).toMatchObject({ dryRunRecorded: 0, dryRunSimulated: 1 });
    }
  });

  test("shows the verdict of every call in its steps", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "flow", {
      name: "flow",
      nodes: [call("read", { method: "GET" }), call("write", { method: "POST" })],
    });
    const replay = await replayed(system, run.id);
    const { data } = await listSteps(system, replay.id);
    expect(Object.fromEntries(data.map((step) => [step.nodeId, step.effect?.verdict]))).toEqual({
      read: "live",
      write: "dry_run_recorded",
    });
  });
});
