import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";
import { push } from "#/tests/support/engine.ts";
import { openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.shop.forget());

const flow = (nodes: object[], rest: object = {}) => ({ name: "flow", nodes, ...rest });
const post = (id: string, http: object = {}, change: object = {}) => ({
  id,
  type: "tool",
  http: { method: "POST", url: `{{ env.SHOP }}/${id}`, ...http },
  ...change,
});
const asThen = { live: 0, neverMadeByOriginal: 0, otherArguments: 0 };
const wholly = (calls: number) => ({ ...asThen, dryRunRecorded: calls, dryRunSimulated: 0 });
const other = { ...asThen, dryRunRecorded: 0, dryRunSimulated: 1, otherArguments: 1 };

/** The shop under another address, and another tenant of it. */
async function staging(ctx: Ctx): Promise<void> {
  await putVariables(ctx, "production", { variables: { SHOP: stage.shop.url, TENANT: "acme", N: "5" } });
  await putVariables(ctx, "staging", { variables: { SHOP: `${stage.shop.url}/stage`, TENANT: "12", N: "7" } });
}

const tools = (http: object, change: object = {}) => ({ pay: { http: { method: "POST", ...http }, ...change } });
const paying = { id: "x", type: "tool", tool: "pay", arguments: { amount: 5 } };
const payload = { order: "1001", tag: "a" };

describe("the same call is the same request, as it would leave", () => {
  test.each<[string, object]>([
    ["the path", flow([paying], { tools: tools({ url: "{{ env.SHOP }}/orders/{{ trigger.order }}/refunds" }) })],
    [
      "the query",
      flow([paying], { tools: tools({ url: "{{ env.SHOP }}/x", query: { order: "{{ trigger.order }}" } }) }),
    ],
    [
      "a header",
      flow([paying], { tools: tools({ url: "{{ env.SHOP }}/x", headers: { "x-order": "{{ trigger.order }}" } }) }),
    ],
    ["the body", flow([paying], { tools: tools({ url: "{{ env.SHOP }}/x", body: { order: "{{ trigger.order }}" } }) })],
    [
      "an idempotency key of the author's",
      flow([post("x", { headers: { "idempotency-key": "k-{{ trigger.order }}" } })]),
    ],
    [
      "an argument",
      flow([{ ...paying, arguments: { order: "{{ trigger.order }}" } }], { tools: tools({ url: "{{ env.SHOP }}/x" }) }),
    ],
  ])("another order in %s is another call", async (_what, definition) => {
    const { system } = await tenantOf(stage);
    await staging(system);
    const run = await recorded(system, "flow", definition, payload);
    stage.shop.forget();
    for (const environment of ["production", "staging"]) {
      expect((await replayed(system, run.id, { environment })).effects).toMatchObject(wholly(1));
      const replay = await replayed(system, run.id, { environment, payload: { ...payload, order: "1002" } });
      expect(replay).toMatchObject({ status: "completed", effects: other });
    }
    expect(stage.shop.sent()).toEqual([]);
  });

  test.each<[string, object[], object?]>([
    ["a header", [post("x", { headers: { "x-run": "{{ run.id }}", "x-tenant": "{{ env.TENANT }}" } })]],
    [
      "a body",
      [
        post("x", {
          body: { run: "{{ run.id }}", at: "{{ run.createdAt }}", is: "{{ run.isReplay }}", n: "{{ int(env.N) }}" },
        }),
      ],
    ],
    [
      "an expression with more",
      [post("x", { url: '{{ env.SHOP + "/x/" + trigger.order }}', query: { k: "{{ run.id }}-{{ trigger.order }}" } })],
    ],
    [
      "an argument",
      [{ ...paying, arguments: { id: "{{ run.id }}", to: "{{ env.TENANT }}" } }],
      tools({ url: "{{ env.SHOP }}/x" }),
    ],
    [
      "a transform before",
      [
        { id: "made", type: "transform", value: { key: "{{ run.id }}-{{ env.TENANT }}" } },
        post("x", { headers: { "x-key": "{{ nodes.made.output.key }}" } }, { needs: ["made"] }),
      ],
    ],
  ])(
    "what comes from run or environment in %s does not count, through a chain, and is no difference in a comparison",
    async (_what, nodes, named) => {
      const { system } = await tenantOf(stage);
      await staging(system);
      const run = await recorded(system, "flow", flow(nodes, named ? { tools: named } : {}), payload);
      stage.shop.forget();
      const replay = await replayed(system, run.id);
      const elsewhere = await replayed(system, replay.id, { environment: "staging" });
      for (const { effects } of [replay, elsewhere]) expect(effects).toMatchObject(wholly(1));
      expect((await compareTwoRuns(system, run.id, replay.id)).firstDivergence).toBeNull();
      const calls = (await compareTwoRuns(system, run.id, elsewhere.id)).steps.filter((step) => step.a?.nodeId === "x");
      expect(calls.map((step) => step.differences)).toEqual([["effect"]]);
      expect(stage.shop.sent()).toEqual([]);
    },
  );

  test("of runs inside of others too: the ids of all around them", async () => {
    const { system } = await tenantOf(stage);
    const headers = { "x-run": "{{ run.id }}", "x-around": "{{ trigger.around }}" };
    await push(system, "leaf", flow([post("x", { headers })]));
    const sub = (workflow: string, around: string) => ({ id: "sub", type: "workflow", workflow, payload: { around } });
    await push(system, "child", flow([sub("leaf", "{{ trigger.around }}")]));
    const run = await recorded(system, "outer", flow([sub("child", "{{ run.id }}")]));
    stage.shop.forget();
    const replay = await replayed(system, run.id);
    expect(replay.effects).toMatchObject(wholly(1));
    expect((await replayed(system, replay.id)).effects).toMatchObject(wholly(1));
    expect(stage.shop.sent()).toEqual([]);
  });

  test("an author names more that does not count", async () => {
    const { system } = await tenantOf(stage);
    const identity = { ignore: ["headers.x-tag", "query.tag", "body.meta.tag", "arguments.tag"] };
    const http = {
      url: "{{ env.SHOP }}/x",
      headers: { "X-Tag": "{{ trigger.tag }}" },
      query: { tag: "{{ trigger.tag }}", order: "{{ trigger.order }}" },
      body: { meta: { tag: "{{ trigger.tag }}" }, args: "{{ args }}" },
    };
    const node = { ...paying, arguments: { tag: "{{ trigger.tag }}", amount: 5 } };
    const own = post("y", { ...http, body: { meta: { tag: "{{ trigger.tag }}" } } }, { identity });
    await createTool(system, { name: "stored", http: { method: "POST", ...http }, identity });
    const used = { id: "z", type: "tool", use: "stored", arguments: node.arguments };
    const run = await recorded(system, "flow", flow([node, own, used], { tools: tools(http, { identity }) }), payload);
    const tagged = await replayed(system, run.id, { payload: { ...payload, tag: "b" } });
    expect(tagged.effects).toMatchObject(wholly(3));
    const changed = await replayed(system, run.id, { payload: { tag: "b", order: "1002" } });
    expect(changed.effects).toMatchObject({ dryRunRecorded: 0, otherArguments: 3 });
    const faulty = push(system, "faulty", flow([post("x", {}, { identity: { ignore: ["url.path"] } })]));
    await expect(faulty).rejects.toMatchObject({ fields: [{ path: "nodes[0].identity.ignore[0]" }] });
  });
});

describe("a failure is an answer", () => {
  test.each([422, 409, 404, 500])("%i: the step fails again, with the same code, message and body", async (status) => {
    const { system } = await tenantOf(stage);
    await push(system, "flow", flow([post("x")]));
    stage.shop.answer(status);
    const run = await runOf(system, "flow");
    const [then] = (await listSteps(system, run.id)).data;
    const first = await readSpan(system, run.id, then?.spanId ?? "");
    expect(first.attributes).toMatchObject({
      "http.response.status_code": status,
      "http.response.body": expect.any(String),
    });
    stage.shop.forget();
    let source = run.id;
    for (let level = 1; level <= 3; level += 1) {
      const replay = await replayed(system, source);
      expect(replay).toMatchObject({ status: "failed", effects: wholly(1), differingCalls: [] });
      expect(replay.error).toMatchObject({ code: run.error?.code, message: run.error?.message, nodeId: "x" });
      const [step] = (await listSteps(system, replay.id)).data;
      const now = await readSpan(system, replay.id, step?.spanId ?? "");
      expect(now).toMatchObject({ error: first.error, attributes: first.attributes });
      expect(now.effect).toMatchObject({
        verdict: "dry_run_recorded",
        recordedFrom: { runId: run.id, spanId: first.id },
      });
      source = replay.id;
    }
    expect(stage.shop.sent()).toEqual([]);
    const { plan } = await preflightReplay(system, source, {});
    expect(plan.calls).toMatchObject([{ recorded: 1 }]);
    // Without the first run's record nobody knows the answer any more; the call was made all the same.
    await deleteRun(system, run.id);
    expect((await replayed(system, source)).effects).toMatchObject({ ...asThen, dryRunSimulated: 1 });
  });

  test("n-th for n-th, and the attempts of one call count as one", async () => {
    const { system } = await tenantOf(stage);
    const agent = {
      id: "decide",
      type: "agent",
      model: "anthropic:claude-haiku-4-5",
      prompt: { text: "Call pay_order four times." },
      input: { orderId: "A-1" },
      tools: ["pay_order"],
      maxTurns: 9,
    };
    const input = { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } };
    const pay = {
      input,
      http: { method: "POST", url: "{{ env.SHOP }}/pay" },
      retry: { maxAttempts: 3, backoffMs: 1 },
    };
    await push(system, "flow", flow([agent], { tools: { pay_order: pay } }));
    stage.shop.answer(409, 200, 503, 503, 200, 503, 503, 503);
    const run = await runOf(system, "flow");
    expect(stage.shop.sent()).toHaveLength(8);
    stage.shop.forget();
    const answersOf = async (runId: string) => {
      const spans = await database().execute<{ status: string; message: string | null; output: Json }>(
        sql`select s.status, s.error->>'message' as message, b.output from spans s join span_bodies b on b.span_id = s.id
          where s.run_id = ${runId} and s.kind = 'tool_call' order by s.key`,
      );
      return [...spans];
    };
    const first = await answersOf(run.id);
    expect(first.map(({ status }) => status)).toEqual(["failed", "completed", "completed", "failed"]);
    const replay = await replayed(system, run.id);
    const again = await replayed(system, replay.id);
    for (const { id, effects } of [replay, again]) {
      expect(effects).toMatchObject(wholly(4));
      expect(await answersOf(id)).toEqual(first);
    }
    expect(stage.shop.sent()).toEqual([]);
  });
});

test("a made up answer that is reused stays a call that was made, and is no record", async () => {
  const { system } = await tenantOf(stage);
  const nodes = [
    post("x", { body: { n: "{{ trigger.n }}" } }),
    { id: "end", type: "transform", needs: ["x"], value: 1 },
  ];
  const run = await recorded(system, "flow", flow(nodes), { n: 1 });
  const changed = await replayed(system, run.id, { payload: { n: 2 } });
  const kept = await replayed(system, changed.id, { fromNodeId: "end" });
  expect(kept.effects).toMatchObject({ ...asThen, reused: 1 });
  const keptAgain = await replayed(system, kept.id, { fromNodeId: "end" });
  for (const { id } of [kept, keptAgain])
    expect((await replayed(system, id)).effects).toMatchObject({ ...asThen, dryRunRecorded: 0, dryRunSimulated: 1 });
});

test("a record that is deleted while a replay is at work is none: the answer is made up, and said to be", async () => {
  const { system } = await tenantOf(stage);
  const look = { id: "look", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/held" } };
  const letGo = async (running: Promise<unknown>, before: () => Promise<unknown> = async () => {}) => {
    await expect.poll(() => stage.shop.held.length).toBe(1);
    await before();
    stage.shop.held.shift()?.();
    return running;
  };
  const original = recorded(system, "flow", flow([look, post("x", {}, { needs: ["look"] })]));
  await letGo(original);
  const first = replayed(system, (await original).id);
  await letGo(first);
  expect((await first).effects).toMatchObject({ ...asThen, dryRunRecorded: 1 });
  stage.shop.forget();
  const second = replayed(system, (await first).id);
  await letGo(second, async () => deleteRun(system, (await original).id));
  expect((await second).effects).toMatchObject({ ...asThen, dryRunRecorded: 0, dryRunSimulated: 1 });
  const pay = (await listSteps(system, (await second).id)).data.find(({ nodeId }) => nodeId === "x");
  const span = await readSpan(system, (await second).id, pay?.spanId ?? "");
  expect(span).toMatchObject({ output: { simulated: true } });
  expect(stage.shop.sent("POST")).toEqual([]);
});

test("what was made up is the same in every replay of the same call", async () => {
  const { system } = await tenantOf(stage);
  const output = { type: "object", required: ["id"], properties: { id: { type: "string", format: "uuid" } } };
  const node = { ...paying, arguments: { run: "{{ run.id }}", order: "{{ trigger.order }}" }, when: "trigger.pay" };
  const definition = flow([node], {
    tools: tools({ url: "{{ env.SHOP }}/x" }, { output }),
    output: "{{ nodes.x.output }}",
  });
  const run = await recorded(system, "flow", definition, { order: "1", pay: false });
  const [one, two] = [1, 2].map(() => replayed(system, run.id, { payload: { order: "1", pay: true } }));
  const again = replayed(system, (await one)?.id ?? "");
  expect((await two)?.output).toEqual((await one)?.output);
  expect((await again).output).toEqual((await one)?.output);
});

test("calls that are refused before they are made are counted as such", async () => {
  const { system } = await tenantOf(stage);
  const impossible = {
    type: "object",
    required: ["n"],
    properties: { n: { type: "integer", minimum: 5, maximum: 3 } },
  };
  const agent = {
    id: "decide",
    type: "agent",
    model: "anthropic:claude-haiku-4-5",
    prompt: { text: "Call pay_order twice." },
    tools: ["pay_order"],
  };
  const broken = post("broken", { headers: { "x-a": "{{ trigger.text }}" } }, { needs: ["decide"] });
  const pay = { input: impossible, http: { method: "POST", url: "{{ env.SHOP }}/x" } };
  const run = await recorded(system, "flow", flow([agent, broken], { tools: { pay_order: pay } }), { text: "a\nb" });
  const replay = await replayed(system, run.id);
  for (const { effects } of [run, replay]) expect(effects).toMatchObject({ ...wholly(0), refused: 3 });
  const { data } = await listSteps(system, replay.id);
  expect(data.find(({ nodeId }) => nodeId === "broken")?.effect).toMatchObject({ verdict: "refused", mutating: false });
  expect(stage.shop.sent()).toEqual([]);
});

test("a record from before requests were signed answers the same request, and no other", async () => {
  const { system } = await tenantOf(stage);
  await staging(system);
  const definition = flow([paying, post("y", { url: "{{ env.SHOP }}/y/{{ trigger.order }}" }, { needs: ["x"] })], {
    tools: tools({ url: "{{ env.SHOP }}/orders/{{ trigger.order }}/refunds", headers: { "x-run": "{{ run.id }}" } }),
  });
  const run = await recorded(system, "flow", definition, payload);
  await database().execute(
    sql`update spans set call_signature = md5(id) where run_id = ${run.id} and call_signature is not null`,
  );
  stage.shop.forget();
  const replay = await replayed(system, run.id);
  expect(replay.effects).toMatchObject(wholly(2));
  expect((await replayed(system, replay.id)).effects).toMatchObject(wholly(2));
  const changed = await replayed(system, run.id, { payload: { ...payload, order: "1002" } });
  expect(changed.effects).toMatchObject({ dryRunRecorded: 0, dryRunSimulated: 2, otherArguments: 2, live: 0 });
  expect(stage.shop.sent()).toEqual([]);
});
