import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { advanceBatches } from "#/lib/batches/advance-batches.ts";
import { createBatch } from "#/lib/batches/create-batch.ts";
import { getBatch } from "#/lib/batches/get-batch.ts";
import { listBatchItems } from "#/lib/batches/list-batch-items.ts";
import { preflightBatch } from "#/lib/batches/preflight-batch.ts";
import { BatchRequest } from "#/lib/contract/batch.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";
import { push } from "#/tests/support/engine.ts";
import { openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
let system: Ctx;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  ({ system } = await tenantOf(stage));
  stage.shop.behave(() => ({ status: 200, afterMs: 0 }));
});

const call =
  (method: string) =>
  (id: string, path: string, more: object = {}) => ({
    id,
    type: "tool",
    http: { method, url: `{{ env.SHOP }}/${path}` },
    ...more,
  });
const [get, post] = [call("GET"), call("POST")];
const needs = (...ids: string[]) => ({ needs: ids });
const sub = (id: string, workflow: string, more: object = {}) => ({ id, type: "workflow", workflow, ...more });
const paths = () => stage.shop.requests.map(({ method, path }) => `${method} ${path}`).toSorted();

/** load → each item (look → pay → score) → end. */
const mapped = (change: { over?: string; ids?: [string, string, string, string] } = {}) => {
  const [each, look, pay, score] = change.ids ?? ["each", "look", "pay", "score"];
  const inner = [
    get(look, "look/{{ item }}"),
    post(pay, "pay/{{ item }}", needs(look)),
    get(score, "score/{{ item }}/{{ trigger.round }}", needs(pay)),
  ];
  return {
    name: "mapped",
    nodes: [
      get("load", "load"),
      { id: each, type: "map", over: change.over ?? "{{ trigger.items }}", as: "item", ...needs("load"), nodes: inner },
      get("end", "end", needs(each)),
    ],
    output: `{{ nodes.${each}.output }}`,
  };
};
const payload = { items: ["a", "b", "c"], round: 1 };

async function fromStep(runId: string, request: ReplayRequest) {
  stage.shop.forget();
  const preflight = await preflightReplay(system, runId, request);
  const run = await replayed(system, runId, request);
  return { run, preflight, sent: paths() };
}
const stepsOf = async (runId: string) => (await listSteps(system, runId)).data;
const actions = ({ plan }: Awaited<ReturnType<typeof preflightReplay>>) =>
  Object.fromEntries(plan.nodes.map(({ id, action }) => [id, action]));

describe("from a step inside of a map", () => {
  test("only it and what follows it is called again; nothing mutating leaves", async () => {
    const original = await recorded(system, "mapped", mapped(), payload);
    const { run, preflight, sent } = await fromStep(original.id, { fromNodeId: "each[1].pay" });
    expect(sent).toEqual(["GET /end", "GET /score/b/1"]);
    expect(run).toMatchObject({ status: "completed", fromNodeId: "each[1].pay", attempt: 2 });
    expect(run.effects).toMatchObject({ dryRunRecorded: 1, live: 0, reused: 8, neverMadeByOriginal: 0 });
    expect(actions(preflight)).toEqual({
      load: "reuse",
      each: "execute",
      look: "reuse",
      pay: "execute",
      score: "execute",
      end: "execute",
    });
    expect(preflight.plan.calls.map(({ nodeId, verdict }) => `${nodeId} ${verdict}`)).toEqual([
      "pay dry_run",
      "score live",
      "end live",
    ]);
    const steps = await stepsOf(run.id);
    const executed = steps.filter(({ reusedFrom }) => reusedFrom === null).map(({ key }) => key);
    expect(executed.toSorted()).toEqual(["each", "each[1].pay", "each[1].score", "end"]);
    expect(preflight.plan.reusedSteps).toBe(steps.length - executed.length);
    expect(steps.every(({ status, startedAt }) => status === "completed" && startedAt !== null)).toBe(true);
    expect((await compareTwoRuns(system, original.id, run.id)).counts).toMatchObject({ onlyA: 0, onlyB: 0 });

    const item = await fromStep(run.id, { fromNodeId: "each[2]" });
    expect(item.sent).toEqual(["GET /end", "GET /look/c", "GET /score/c/1"]);
    expect(item.run.effects).toMatchObject({ dryRunRecorded: 1, live: 0 });
    const first = await fromStep(item.run.id, { fromNodeId: "each[1].score" });
    expect(first.sent).toEqual(["GET /end", "GET /score/b/1"]);
  });

  test("the list stays as it was with another payload, which the steps that are executed see", async () => {
    const original = await recorded(system, "mapped", mapped(), payload);
    const others: JsonObject[] = [{ items: ["x"], round: 2 }, { round: 2 }, { items: 7, round: 2 }];
    for (const other of others) {
      const { run, preflight, sent } = await fromStep(original.id, { fromNodeId: "each[0].score", payload: other });
      expect(sent).toEqual(["GET /end", "GET /score/a/2"]);
      expect(run).toMatchObject({ status: "completed" });
      expect((run.output as unknown[]).length).toBe(3);
      expect(preflight.verdicts.filter(({ level }) => level !== "pass")).toEqual([]);
    }
  });

  test("other items that failed or had not begun are executed as far as they are missing", async () => {
    stage.shop.behave((path) => ({ status: path.startsWith("/look/b") ? 404 : 200, afterMs: 0 }));
    const one = mapped();
    const nodes = one.nodes.map((node) => (node.id === "each" ? { ...node, concurrency: 1 } : node));
    const original = await recorded(system, "mapped", { ...one, nodes }, { ...payload, items: ["a", "b", "c", "d"] });
    expect(original.status).toBe("failed");
    stage.shop.behave(() => ({ status: 200, afterMs: 0 }));
    const gone = await fromStep(original.id, { fromNodeId: "each[1].look" });
    const rest = ["GET /look/c", "GET /look/d", "GET /score/b/1", "GET /score/c/1", "GET /score/d/1"];
    expect(gone.sent).toEqual(["GET /end", "GET /look/b", ...rest]);
    expect(gone.run).toMatchObject({
      status: "completed",
      effects: { live: 0, dryRunRecorded: 0, dryRunSimulated: 3 },
    });
    expect(actions(gone.preflight)).toMatchObject({ load: "reuse", look: "execute", pay: "execute" });

    const request = { fromNodeId: "each[1].look", payload: { items: ["a", "b"], round: 1 } };
    const { run } = await fromStep(original.id, request);
    expect(run).toMatchObject({ status: "failed", error: { code: "expression_failed" } });
    expect(run.error?.message).toContain("each.over has 2 elements now and had 4");
  });

  test("on another version, through a mapping; its own list does not count, nor does its condition", async () => {
    const original = await recorded(system, "mapped", mapped(), payload);
    const next = mapped({ over: "{{ trigger.nothing }}", ids: ["loop", "look", "charge", "score"] });
    const nodes = next.nodes.map((node) => (node.id === "loop" ? { ...node, when: "trigger.nothing == 1" } : node));
    await push(system, "mapped", { ...next, nodes }, true);
    const request: ReplayRequest = { targetVersion: 2, nodeMapping: { each: "loop", pay: "charge" } };
    const { run, sent } = await fromStep(original.id, { ...request, fromNodeId: "loop[2].charge" });
    expect(run).toMatchObject({ status: "completed", version: 2, effects: { dryRunRecorded: 1, live: 0 } });
    expect(sent).toEqual(["GET /end", "GET /score/c/1"]);
    const wrong = submitReplay(system, original.id, { ...request, fromNodeId: "each[2].pay" });
    await expect(wrong).rejects.toMatchObject({
      code: "from_node_invalid",
      message: "each[2].pay cannot be reached: each is not a node of version 2.",
    });
  });

  test("in a batch: a run that lacks the step is refused with its code", async () => {
    const has = await recorded(system, "mapped", mapped(), payload);
    const lacks = await runOf(system, "mapped", { items: ["a"], round: 1 });
    const request = BatchRequest.parse({ runIds: [has.id, lacks.id], request: { fromNodeId: "each[2].score" } });
    const preflight = await preflightBatch(system, request);
    expect(preflight).toMatchObject({ replayable: 1, verdicts: [{ code: "from_node_invalid", runIds: [lacks.id] }] });
    const { id } = await createBatch(system, request);
    const counts = async () => (await advanceBatches(), (await getBatch(system, id)).counts);
    await expect.poll(counts).toMatchObject({ submitted: 1, refused: 1 });
    const { data } = await listBatchItems(system, id, { statuses: [], limit: 10, after: null });
    expect(data.map(({ runId, code }) => [runId, code])).toEqual([
      [has.id, null],
      [lacks.id, "from_node_invalid"],
    ]);
  });

  test("in a map inside of it", async () => {
    const inner = { id: "inner", type: "map", over: ["p", "q"], as: "y", nodes: [get("leaf", "{{ x }}/{{ y }}")] };
    const outer = { id: "outer", type: "map", over: [1, 2], as: "x", nodes: [get("open", "{{ x }}"), inner] };
    const nested = { name: "nested", nodes: [outer], output: "{{ nodes.outer.output }}" };
    const original = await recorded(system, "nested", nested);
    const { run, sent } = await fromStep(original.id, { fromNodeId: "outer[1].inner[0].leaf" });
    expect(sent).toEqual(["GET /2/p"]);
    expect(run.status).toBe("completed");
    const [first] = original.output as unknown[];
    expect((run.output as unknown[])[0]).toEqual(first);
  });
});

describe("from a step inside of a run that a step started", () => {
  const ask = (id: string, more: object) => ({
    id,
    type: "model",
    model: "anthropic:claude-haiku-4-5",
    prompt: { text: "Say hi." },
    ...more,
  });
  const child = {
    name: "child",
    nodes: [
      get("first", "first/{{ trigger.of }}"),
      post("pay", "pay/{{ trigger.of }}", needs("first")),
      ask("say", needs("pay")),
      get("last", "last/{{ trigger.of }}", needs("say")),
    ],
    output: "{{ nodes.last.output.path }}",
  };
  const around = {
    name: "around",
    nodes: [
      get("load", "load"),
      sub("review", "child", { ...needs("load"), payload: { of: "one" } }),
      get("end", "end", needs("review")),
    ],
    output: "{{ nodes.review.output }}",
  };
  const inside = async () =>
    (await listRuns(system, { filter: { workflow: ["child"] }, limit: 1, after: null })).data[0];

  test("the run is continued from there, as a replay of the one that it was", async () => {
    await push(system, "child", child);
    const original = await recorded(system, "around", around);
    const was = await inside();
    const { run, preflight, sent } = await fromStep(original.id, { fromNodeId: "review/pay" });
    expect(sent).toEqual(["GET /end", "GET /last/one"]);
    expect(run).toMatchObject({
      status: "completed",
      output: original.output,
      effects: { dryRunRecorded: 1, live: 0 },
    });
    expect(await inside()).toMatchObject({ replayOf: was?.id, fromNodeId: "pay", attempt: 2, depth: 1, mode: "as_is" });
    expect(preflight.plan.calls.map(({ nodeId }) => nodeId)).toEqual(["end", "review/pay", "review/last"]);
    expect(preflight.plan.reusedSteps).toBe(2);
    expect(preflight.forecast.inputTokens).toMatchObject({ low: expect.any(Number) });

    const last = await fromStep(run.id, { fromNodeId: "review/last" });
    expect(last.sent).toEqual(["GET /end", "GET /last/one"]);
    expect(last.run).toMatchObject({ status: "completed", output: original.output, costMicros: 0 });
    expect(last.preflight.forecast.inputTokens).toEqual({ low: 0, high: 0 });
    const model = { id: "claude-opus-4-7", ref: "anthropic:claude-opus-4-7" };
    const other = await fromStep(run.id, { fromNodeId: "review/say", mode: "model", model });
    expect(other.run.status).toBe("completed");
    expect((await stepsOf((await inside())?.id ?? "")).find(({ nodeId }) => nodeId === "say")).toMatchObject({
      modelRef: model.ref,
    });
    const refused = submitReplay(system, run.id, { fromNodeId: "review/last", mode: "model", model });
    await expect(refused).rejects.toMatchObject({ code: "override_has_no_target" });
  });

  test("in an item of a map, and in a map of the run", async () => {
    const list = {
      id: "every",
      type: "map",
      over: ["p", "q"],
      as: "y",
      nodes: [get("leaf", "{{ trigger.of }}/{{ y }}")],
    };
    await push(system, "child", { name: "child", nodes: [list, get("last", "last/{{ trigger.of }}", needs("every"))] });
    const each = {
      ...{ id: "each", type: "map", over: "{{ trigger.items }}", as: "item" },
      nodes: [
        get("look", "look/{{ item }}"),
        sub("review", "child", { ...needs("look"), payload: { of: "{{ item }}" } }),
      ],
    };
    const original = await recorded(system, "around", { name: "around", nodes: [each] }, payload);
    const { run, preflight, sent } = await fromStep(original.id, { fromNodeId: "each[1].review/every[0].leaf" });
    expect(sent).toEqual(["GET /b/p", "GET /last/b"]);
    expect(run).toMatchObject({ status: "completed", fromNodeId: "each[1].review/every[0].leaf" });
    expect(await inside()).toMatchObject({ fromNodeId: "every[0].leaf", attempt: 2 });
    expect(preflight.plan.calls.map(({ nodeId }) => nodeId)).toEqual(["review/leaf", "review/last"]);
    const again = await fromStep(run.id, { fromNodeId: "each[0].review/last" });
    expect(again.sent).toEqual(["GET /last/a"]);
  });

  test.each([
    ["review/ghost", "is not a node inside review."],
    ["review/lst", 'is not a node inside review; did you mean "review/last"?'],
    ["review/pay/x", 'is inside review/pay, which is one step; did you mean "review/pay"?'],
    ["load/x", 'is inside load, which is one step; did you mean "load"?'],
    ["review[0].pay", 'cannot be reached: review is not a map; did you mean "review"?'],
  ])("%s is refused", async (fromNodeId, why) => {
    await push(system, "child", child);
    const original = await recorded(system, "around", around);
    await expect(submitReplay(system, original.id, { fromNodeId })).rejects.toMatchObject({
      code: "from_node_invalid",
      message: `${fromNodeId} ${why}`,
    });
  });
});
