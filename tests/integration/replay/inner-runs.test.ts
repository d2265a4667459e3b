import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { wakeRunsWithVersion } from "#/lib/runs/wake-runs.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
let system: Ctx;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  ({ system } = await tenantOf(stage));
});

const post = (id: string) => ({ id, type: "tool", http: { method: "POST", url: `{{ env.SHOP }}/${id}`, body: {} } });
const sub = (id: string, workflow: string, more: object = {}) => ({ id, type: "workflow", workflow, ...more });
const effects = async (id: string) => (await finished(system, id)).effects;

describe("the record of runs inside", () => {
  const flow = {
    name: "outer",
    nodes: [sub("inner", "child"), { id: "end", type: "transform", needs: ["inner"], value: 1 }],
    output: "{{ nodes.inner.output }}",
  };
  const child = (word: string) => ({
    name: "child",
    nodes: [post("pay"), { id: "word", type: "transform", needs: ["pay"], value: word }],
    output: { word: "{{ nodes.word.output }}", paid: "{{ nodes.pay.output.number }}" },
  });

  test("is found through a step that a replay in between reused, on the version that it ran", async () => {
    await push(system, "child", child("first"));
    const original = await recorded(system, "outer", flow);
    await push(system, "child", child("second"), true);
    stage.shop.forget();
    const fromEnd = await replayed(system, original.id, { fromNodeId: "end" });
    const again = await replayed(system, fromEnd.id);
    const third = await replayed(system, again.id, { fromNodeId: "end" });
    const fourth = await replayed(system, third.id);
    for (const run of [again, fourth]) {
      expect(run).toMatchObject({ output: original.output, status: "completed" });
      expect(run.effects).toMatchObject({ dryRunRecorded: 1, dryRunSimulated: 0, neverMadeByOriginal: 0 });
    }
    expect(stage.shop.sent("POST")).toEqual([]);
  });

  test("is found inside of a map that was renamed", async () => {
    await push(system, "child", child("only"));
    const map = (id: string) => ({
      name: "mapped",
      nodes: [{ id, type: "map", over: [1, 2], as: "item", nodes: [sub("inner", "child")] }],
      output: `{{ nodes.${id}.output }}`,
    });
    const original = await recorded(system, "mapped", map("each"));
    await push(system, "mapped", map("loop"), true);
    stage.shop.forget();
    const replay = await replayed(system, original.id, { targetVersion: 2, nodeMapping: { each: "loop" } });
    expect(replay).toMatchObject({ status: "completed", output: original.output });
    expect(replay.effects).toMatchObject({ dryRunRecorded: 2, dryRunSimulated: 0, neverMadeByOriginal: 0 });
    expect(stage.shop.sent("POST")).toEqual([]);
  });
});

describe("what runs inside did counts for the runs around", () => {
  const effectsOf = async (id: string) => (await getRun(system, id)).effects;

  test.each([
    ["waits", { id: "then", type: "wait", approval: {} }],
    ["is at work", { id: "then", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/held" } }],
  ])("also where they ended first, and it %s", async (_how, then) => {
    await push(system, "child", { name: "child", nodes: [post("pay"), { ...then, needs: ["pay"] }] });
    await push(system, "middle", { name: "middle", nodes: [sub("inner", "child")] });
    await push(system, "outer", { name: "outer", nodes: [sub("inner", "middle")] });
    const { id } = await triggerRun(system, "outer", {}, "api");
    const inside = async () =>
      (await listRuns(system, { filter: { workflow: ["child"] }, limit: 1, after: null })).data[0];
    if (then.type === "wait") await expect.poll(async () => (await inside())?.statusReason).toBe("approval");
    else await expect.poll(() => stage.shop.held.length).toBe(1);
    await cancelRun(system, id);
    expect((await getRun(system, id)).status).toBe("cancelled");
    await finished(system, (await inside())?.id ?? "");
    await expect.poll(async () => (await effectsOf(id)).live).toBe(1);
    stage.shop.held.splice(0);
  });
});

describe("what a replay may cost", () => {
  const ask = (id: string) => ({ id, type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "Say hi." } });
  const child = { name: "asks", nodes: [ask("ask")], output: "{{ nodes.ask.output }}" };
  const around = (over: string) => ({
    name: "around",
    nodes: [
      ask("first"),
      { id: "each", type: "map", needs: ["first"], over, as: "item", concurrency: 1, nodes: [sub("inner", "asks")] },
    ],
  });

  test("counts for it and all runs inside together, those of new items too", async () => {
    await push(system, "asks", child);
    const original = await recorded(system, "around", around("{{ trigger.list }}"), { list: [1, 2, 3] });
    const price = (original.costMicros ?? 0) / 1;
    const inside = (await listRuns(system, { filter: { workflow: ["asks"] }, limit: 10, after: null })).data;
    const each = inside[0]?.costMicros ?? 0;
    expect(each).toBeGreaterThan(0);
    expect(inside).toHaveLength(3);
    const limited = await replayed(system, original.id, { maxCostMicros: price + each + 1 });
    expect(limited).toMatchObject({ status: "failed", error: { code: "cost_limit_exceeded" } });
    const made = (await listRuns(system, { filter: { workflow: ["asks"] }, limit: 20, after: null })).data.slice(0, -3);
    expect(made.map((run) => run.status).toSorted()).toEqual(["completed", "completed", "failed"]);

    const empty = await runOf(system, "around", { list: [] });
    const grown = await replayed(system, empty.id, { payload: { list: [1, 2] }, maxCostMicros: 1 });
    expect(grown).toMatchObject({ status: "failed", error: { code: "cost_limit_exceeded" } });
    expect((await listRuns(system, { filter: { workflow: ["asks"] }, limit: 1, after: null })).data[0]).toMatchObject({
      status: "failed",
      costMicros: 0,
    });
    const enough = await replayed(system, original.id, { maxCostMicros: price + 3 * each + 1000 });
    expect(enough.status).toBe("completed");
  });
});

describe("the max duration that a version says", () => {
  const slow = (maxDurationMs?: number) => ({
    name: "slow",
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    nodes: [
      { id: "talk", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "[[fault:delay=2500]]" } },
    ],
  });
  const timedOut = { status: "failed", statusReason: "timed_out" };

  test("holds for a run inside, for one that waited for the version, and for a replay on it", async () => {
    await push(system, "slow", slow(500));
    await push(system, "outer", { name: "outer", nodes: [sub("inner", "slow")] });
    const outer = await runOf(system, "outer");
    expect(outer).toMatchObject({ status: "failed", error: { code: "timed_out" } });

    await push(system, "late", slow());
    const early = await triggerRun(system, "late", { version: 2 }, "api");
    const free = await runOf(system, "late");
    expect(free.status).toBe("completed");
    await push(system, "late", slow(500), true);
    expect(await finished(system, early.id)).toMatchObject(timedOut);
    expect(await replayed(system, free.id, { targetVersion: 2 })).toMatchObject(timedOut);
    expect(await replayed(system, early.id, { targetVersion: 1 })).toMatchObject({ status: "completed" });
  });

  test("gives way to what the run itself was given, in a replay on another version too", async () => {
    await push(system, "given", slow(60_000));
    const { id } = await triggerRun(system, "given", { maxDurationMs: 400 }, "api");
    expect(await finished(system, id)).toMatchObject(timedOut);
    await push(system, "given", slow(50_000), true);
    expect(await replayed(system, id, { targetVersion: 2 })).toMatchObject(timedOut);
  });
});

test("a run that waits for a version that was pushed and deleted before it could start fails with that code", async () => {
  await push(system, "fast", { name: "fast", nodes: [{ id: "one", type: "transform", value: 1 }] });
  const { id } = await triggerRun(system, "fast", { version: 2 }, "api");
  await push(system, "fast", { name: "fast", nodes: [{ id: "one", type: "transform", value: 2 }] }, true);
  await deleteVersion(system, "fast", 2);
  await wakeRunsWithVersion();
  const run = await finished(system, id);
  // A sweep may have come between the push and the deletion: then it had its version when it started, or not.
  if (run.status === "failed") expect(run.error).toMatchObject({ code: "source_version_unavailable" });
  else expect(run).toMatchObject({ status: "completed", version: 2 });
});

test("a replay is answered from the record of a tool that was deleted since, and sends nothing", async () => {
  const tool = { name: "pay", http: { method: "POST", url: `${stage.shop.url}/pay` } } as Parameters<
    typeof createTool
  >[1];
  const { id } = await createTool(system, tool);
  const original = await recorded(system, "pays", {
    name: "pays",
    nodes: [{ id: "pay", type: "tool", use: "pay", arguments: { amount: 5 } }],
    output: "{{ nodes.pay.output }}",
  });
  expect(original.status).toBe("completed");
  await deleteTool(system, id ?? "");
  stage.shop.forget();
  const replay = await submitReplay(system, original.id, {});
  expect(await finished(system, replay.id)).toMatchObject({ status: "completed", output: original.output });
  expect(await effects(replay.id)).toMatchObject({ dryRunRecorded: 1, live: 0 });
  expect(stage.shop.sent("POST")).toEqual([]);
  expect((await runOf(system, "pays")).error).toMatchObject({ code: "tool_failed" });
});

test("a replay is planned up to a number of nodes inside, however they are nested", async () => {
  const end = { id: "end", type: "transform", value: 1 };
  const steps = (workflow: string) => ({
    name: "many",
    nodes: [end, ...Array.from({ length: 30 }, (_, index) => sub(`s${index}`, workflow))],
  });
  await push(system, "leaf", { name: "leaf", nodes: [end] });
  await push(system, "middle", steps("leaf"));
  await push(system, "upper", steps("middle"));
  const run = await recorded(system, "top", { name: "top", nodes: [end] });
  await push(system, "top", steps("middle"), true);
  await push(system, "top", steps("upper"), true);
  expect(await preflightReplay(system, run.id, { targetVersion: 2 })).toMatchObject({ ok: true });
  const refused = { code: "workflow_invalid", message: expect.stringContaining("10000 nodes") };
  await expect(preflightReplay(system, run.id, { targetVersion: 3 })).rejects.toMatchObject(refused);
  await expect(submitReplay(system, run.id, { targetVersion: 3 })).rejects.toMatchObject(refused);
});
