import { beforeAll, describe, expect, test } from "vitest";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { rescheduleRun } from "#/lib/runs/reschedule-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";
import { finished, push, reached } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";

const stage = ordersStage();

const run = async (slug: string, request: Parameters<typeof triggerRun>[2] = {}) =>
  (await triggerRun(stage.tenant.system, slug, request, "api")).id;

const refund = {
  type: "tool",
  http: { method: "POST", url: "{{ env.ORDERS_URL }}/refunds", body: { orderId: "1001", amountCents: 100 } },
};

describe("waiting", () => {
  test("a timer gives up the slot and goes on behind itself", async () => {
    await push(stage.tenant.system, "timer", {
      name: "timer",
      nodes: [
        { id: "before", type: "transform", value: 1 },
        { id: "pause", type: "wait", needs: ["before"], durationMs: 2500 },
        { id: "after", type: "transform", needs: ["pause"], value: "{{ nodes.before.output + 1 }}" },
      ],
      output: "{{ nodes.after.output }}",
    });
    const id = await run("timer");
    await reached(stage.tenant.system, id, "waiting", "timer");
    const done = await finished(stage.tenant.system, id);
    expect(done).toMatchObject({ status: "completed", output: 2 });
    const events = await readEvents(stage.tenant.system, id, 0);
    expect(events.data.map((event) => event.seq)).toEqual(events.data.map((_, index) => index + 1));
    expect(events.data.map((event) => event.type)).toContain("run.waiting");
  });

  test.each([
    ["approve", "approve"],
    ["reject", "reject"],
  ] as const)("an approval waits for a decision and tells it: %s", async (slug, decision) => {
    await push(stage.tenant.system, `ask-${slug}`, {
      name: "ask",
      nodes: [
        { id: "ask", type: "wait", approval: { title: "Refund?" } },
        { id: "refund", ...refund, needs: ["ask"], when: "nodes.ask.output.decision == 'approve'" },
      ],
      output: { decision: "{{ nodes.ask.output.decision }}" },
    });
    const before = stage.orders.ledger.refunds.length;
    const id = await run(`ask-${slug}`);
    await reached(stage.tenant.system, id, "waiting", "approval");
    const [step] = (await listSteps(stage.tenant.system, id)).data;
    await decideApproval(stage.tenant.system, id, step?.spanId ?? "", { decision });
    await expect(decideApproval(stage.tenant.system, id, step?.spanId ?? "", { decision })).rejects.toBeTruthy();
    expect(await finished(stage.tenant.system, id)).toMatchObject({ status: "completed", output: { decision } });
    expect(stage.orders.ledger.refunds).toHaveLength(before + (decision === "approve" ? 1 : 0));
  });

  test("an approval that nobody gives times out with that outcome", async () => {
    await push(stage.tenant.system, "ask-late", {
      name: "ask",
      nodes: [{ id: "ask", type: "wait", approval: { timeoutMs: 300 } }],
      output: "{{ nodes.ask.output.decision }}",
    });
    expect(await finished(stage.tenant.system, await run("ask-late"))).toMatchObject({
      status: "completed",
      output: "timed_out",
    });
  });
});

describe("map", () => {
  const definition = (over: unknown, concurrency: number) => ({
    name: "map",
    nodes: [
      {
        id: "each",
        type: "map",
        over,
        as: "entry",
        concurrency,
        nodes: [
          { id: "double", type: "transform", value: "{{ entry * 2 }}" },
          { id: "plus", type: "transform", needs: ["double"], value: "{{ nodes.double.output + 1 }}" },
        ],
      },
      { id: "sum", type: "transform", needs: ["each"], value: "{{ size(nodes.each.output) }}" },
    ],
    output: { list: "{{ nodes.each.output }}", count: "{{ nodes.sum.output }}" },
  });

  test.each([
    [[], []],
    [[1], [3]],
    [
      [1, 2, 3, 4, 5],
      [3, 5, 7, 9, 11],
    ],
  ])("runs the inner nodes for each element, in order: %j", async (list, expected) => {
    const slug = `map-${list.length}`;
    await push(stage.tenant.system, slug, definition("{{ trigger.list }}", 2));
    const done = await finished(stage.tenant.system, await run(slug, { payload: { list } }));
    expect(done.error).toBeNull();
    expect(done.output).toEqual({ list: expected, count: expected.length });
  });

  test("fails with the cause of an item, and refuses what is no list", async () => {
    await push(stage.tenant.system, "map-bad", definition("{{ trigger.list }}", 2));
    expect(await finished(stage.tenant.system, await run("map-bad", { payload: { list: [1, "x"] } }))).toMatchObject({
      status: "failed",
      error: { code: "expression_failed" },
    });
    expect(await finished(stage.tenant.system, await run("map-bad", { payload: { list: 7 } }))).toMatchObject({
      status: "failed",
    });
  });

  test("items that wait resume one by one", async () => {
    await push(stage.tenant.system, "map-wait", {
      name: "map",
      nodes: [
        {
          id: "each",
          type: "map",
          over: [1, 2, 3],
          as: "n",
          concurrency: 3,
          nodes: [
            { id: "nap", type: "wait", durationMs: 200 },
            { id: "out", type: "transform", needs: ["nap"], value: "{{ n }}" },
          ],
        },
      ],
      output: "{{ nodes.each.output }}",
    });
    expect(await finished(stage.tenant.system, await run("map-wait"))).toMatchObject({
      status: "completed",
      output: [1, 2, 3],
    });
  });
});

describe("a workflow inside of a workflow", () => {
  test("the parent waits for it, gets its output, and in a replay its effects stay dry", async () => {
    await push(stage.tenant.system, "child", {
      name: "child",
      nodes: [
        { id: "refund", ...refund },
        { id: "out", type: "transform", needs: ["refund"], value: "{{ trigger.n }}" },
      ],
      output: "{{ nodes.out.output }}",
    });
    await push(stage.tenant.system, "parent", {
      name: "parent",
      nodes: [{ id: "sub", type: "workflow", workflow: "child", payload: { n: 5 } }],
      output: "{{ nodes.sub.output }}",
    });
    const before = stage.orders.ledger.refunds.length;
    const parent = await finished(stage.tenant.system, await run("parent"));
    expect(parent).toMatchObject({ status: "completed", output: 5, effects: { live: 1 } });
    expect(stage.orders.ledger.refunds).toHaveLength(before + 1);

    const replay = await submitReplay(stage.tenant.system, parent.id, {});
    const again = await finished(stage.tenant.system, replay.id);
    expect(again).toMatchObject({ status: "completed", output: 5, effects: { live: 0, dryRunRecorded: 1 } });
    expect(stage.orders.ledger.refunds).toHaveLength(before + 1);
  });

  test("cancelling the parent cancels the child", async () => {
    await push(stage.tenant.system, "slow-child", {
      name: "child",
      nodes: [{ id: "ask", type: "wait", approval: {} }],
    });
    await push(stage.tenant.system, "slow-parent", {
      name: "parent",
      nodes: [{ id: "sub", type: "workflow", workflow: "slow-child" }],
    });
    const id = await run("slow-parent");
    await reached(stage.tenant.system, id, "waiting", "child_run");
    const { data } = await listRuns(stage.tenant.system, {
      filter: { workflow: ["slow-child"] },
      limit: 5,
      after: null,
    });
    const child = data[0]?.id ?? "";
    await reached(stage.tenant.system, child, "waiting", "approval");
    await cancelRun(stage.tenant.system, id);
    expect(await finished(stage.tenant.system, child)).toMatchObject({
      status: "cancelled",
      statusReason: "parent",
    });
  });

  test("a child that fails fails its step, and a workflow that starts itself ends", async () => {
    await push(stage.tenant.system, "loop", {
      name: "loop",
      nodes: [{ id: "again", type: "workflow", workflow: "loop" }],
    });
    expect(await finished(stage.tenant.system, await run("loop"))).toMatchObject({ status: "failed" });
  });
});

describe("before the start", () => {
  beforeAll(async () => {
    await push(stage.tenant.system, "plain", { name: "plain", nodes: [{ id: "one", type: "transform", value: 1 }] });
  });

  test("a delayed run starts at its time, or when it is rescheduled", async () => {
    const soon = await run("plain", { delay: "400ms" });
    expect(await getRun(stage.tenant.system, soon)).toMatchObject({ status: "pending", statusReason: "delayed" });
    const late = await run("plain", { delay: "1h" });
    await rescheduleRun(stage.tenant.system, late, { delay: "100ms" });
    expect(await finished(stage.tenant.system, soon)).toMatchObject({ status: "completed" });
    expect(await finished(stage.tenant.system, late)).toMatchObject({ status: "completed" });
    await expect(rescheduleRun(stage.tenant.system, soon, { delay: "1h" })).rejects.toMatchObject({
      code: "run_not_delayed",
    });
  });

  test("a run that cannot start within its TTL expires", async () => {
    const id = await run("plain", { version: 9, ttl: "300ms" });
    expect(await getRun(stage.tenant.system, id)).toMatchObject({ statusReason: "pending_version" });
    expect(await finished(stage.tenant.system, id)).toMatchObject({ status: "failed", statusReason: "expired" });
  });

  test("a run of a version that is not pushed yet waits for it", async () => {
    const id = await run("plain", { version: 2 });
    expect(await getRun(stage.tenant.system, id)).toMatchObject({ status: "pending", statusReason: "pending_version" });
    await push(
      stage.tenant.system,
      "plain",
      { name: "plain", nodes: [{ id: "two", type: "transform", value: 2 }] },
      true,
    );
    expect(await finished(stage.tenant.system, id)).toMatchObject({ status: "completed", version: 2 });
  });

  test("runs with one concurrency key go one at a time", async () => {
    await push(stage.tenant.system, "keyed", {
      name: "keyed",
      nodes: [{ id: "nap", type: "wait", durationMs: 150 }],
    });
    const first = await run("keyed", { concurrencyKey: "a" });
    // More urgent, but the first has begun: it must not be kept from going on.
    const later = await Promise.all([5, 0, 5].map((priority) => run("keyed", { concurrencyKey: "a", priority })));
    const ids = [first, ...later];
    const runs = await Promise.all(ids.map((id) => finished(stage.tenant.system, id)));
    const spans = runs
      .map((one) => [Date.parse(one.startedAt ?? ""), Date.parse(one.finishedAt ?? "")] as const)
      .sort((a, b) => a[0] - b[0]);
    for (let at = 1; at < spans.length; at++) expect(spans[at]?.[0]).toBeGreaterThanOrEqual(spans[at - 1]?.[1] ?? 0);
  });
});

describe("a replay with workflows inside", () => {
  test("a model that is retired inside of a sub-workflow refuses the replay at submit", async () => {
    await push(stage.tenant.system, "inner-model", {
      name: "inner",
      nodes: [
        { id: "ask", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "Hi" }, when: "trigger.ask" },
      ],
    });
    await push(stage.tenant.system, "outer-model", {
      name: "outer",
      nodes: [{ id: "sub", type: "workflow", workflow: "inner-model", payload: { ask: false } }],
    });
    const done = await finished(stage.tenant.system, await run("outer-model"));
    expect(done.status).toBe("completed");
    await setModelRetired(stage.tenant.system, "anthropic:claude-haiku-4-5", true);
    await expect(submitReplay(stage.tenant.system, done.id, {})).rejects.toMatchObject({
      code: "model_not_available",
      details: { models: [{ nodeId: "sub/ask" }] },
    });
    await setModelRetired(stage.tenant.system, "anthropic:claude-haiku-4-5", false);
  });

  test("a step that names no version runs what it ran then, at every depth, unless the version around it is another", async () => {
    const says = (word: string) => ({
      name: "deepest",
      nodes: [{ id: "say", type: "transform", value: word }],
      output: "{{ nodes.say.output }}",
    });
    const around = (slug: string, extra: object[] = []) => ({
      name: slug,
      nodes: [{ id: "sub", type: "workflow", workflow: slug }, ...extra],
      output: "{{ nodes.sub.output }}",
    });
    await push(stage.tenant.system, "deepest", says("first"));
    await push(stage.tenant.system, "middle", around("deepest"));
    await push(stage.tenant.system, "outermost", around("middle"));
    const original = await finished(stage.tenant.system, await run("outermost"));
    await push(
      stage.tenant.system,
      "deepest",
      {
        ...says("second"),
        nodes: [
          { id: "say", type: "transform", value: "second" },
          { id: "ask", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "Hi" }, when: "false" },
        ],
      },
      true,
    );
    await push(stage.tenant.system, "middle", around("deepest", [{ id: "more", type: "transform", value: 1 }]), true);
    await push(stage.tenant.system, "outermost", around("middle", [{ id: "more", type: "transform", value: 1 }]), true);

    const replay = async (of: string, request: Parameters<typeof submitReplay>[2] = {}) =>
      finished(stage.tenant.system, (await submitReplay(stage.tenant.system, of, request)).id);
    await setModelRetired(stage.tenant.system, "anthropic:claude-haiku-4-5", true);
    const asIs = await replay(original.id);
    expect(asIs).toMatchObject({ version: 1, output: "first" });
    expect(await replay(asIs.id)).toMatchObject({ version: 1, output: "first" });
    await expect(replay(original.id, { targetVersion: "latest" })).rejects.toMatchObject({
      code: "model_not_available",
      details: { models: [{ nodeId: "sub/sub/ask" }] },
    });
    await setModelRetired(stage.tenant.system, "anthropic:claude-haiku-4-5", false);
    expect(await replay(original.id, { targetVersion: "latest" })).toMatchObject({ version: 2, output: "second" });
    expect(await finished(stage.tenant.system, await run("outermost"))).toMatchObject({ version: 2, output: "second" });
  });
});

test("a run is found by the tail of its id that lists show, and by what they show of it", async () => {
  const { system } = stage.tenant;
  await push(system, "to-find", { name: "to find", nodes: [{ id: "ask", type: "wait", approval: {} }] });
  const id = await run("to-find");
  await run("to-find");
  for (const q of [id, id.slice(-6), id.slice(-6).toUpperCase(), `${id.slice(0, 8)}…${id.slice(-6)}`]) {
    const found = await listRuns(system, { filter: { q }, limit: 5, after: null });
    expect(found.data.map((one) => one.id)).toEqual([id]);
  }
});
