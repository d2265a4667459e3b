import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunComparison } from "#/lib/contract/compare.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";
import { holdRuns, openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

async function scene() {
  const tenant = await tenantOf(stage);
  const prompt = await createPrompt(tenant.system, { name: "ask", text: "Sum up what is given." });
  const tool = {
    input: {
      type: "object",
      required: ["orderId"],
      additionalProperties: false,
      properties: { orderId: { type: "string" } },
    },
    http: { method: "POST", url: "{{ env.SHOP }}/pay" },
  };
  const run = await recorded(
    tenant.system,
    "flow",
    {
      name: "flow",
      tools: { pay_order: tool },
      nodes: [
        { id: "sum", type: "transform", value: { n: "{{ trigger.n + 1 }}" } },
        {
          id: "ask",
          type: "model",
          needs: ["sum"],
          model: "anthropic:claude-haiku-4-5",
          prompt: { artifact: prompt.id, hash: prompt.contentHash },
          input: "{{ nodes.sum.output }}",
        },
        {
          id: "agent",
          type: "agent",
          needs: ["ask"],
          model: "anthropic:claude-haiku-4-5",
          prompt: { text: "Call pay_order once." },
          input: { orderId: "{{ trigger.orderId }}" },
          tools: ["pay_order"],
          maxTurns: 4,
        },
      ],
    },
    { n: 1, orderId: "A-1" },
  );
  expect(run).toMatchObject({ status: "completed", error: null });
  return { tenant, prompt, run };
}

describe("the comparison of two runs", () => {
  test("a replay differs from its original in nothing but its dry runs; the older is `a` in whichever order they are named", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id);
    const comparison = await compareTwoRuns(tenant.system, replay.id, run.id);
    expect(comparison).toEqual(await compareTwoRuns(tenant.system, run.id, replay.id));
    expect(RunComparison.parse(comparison)).toEqual(comparison);
    expect([comparison.a.id, comparison.b.id]).toEqual([run.id, replay.id]);
    expect(comparison.steps.map((step) => [step.a?.key, step.b?.key, step.differences])).toEqual([
      ["sum", "sum", []],
      ["ask", "ask", []],
      ["agent", "agent", []],
      ["agent/turn-1", "agent/turn-1", []],
      ["agent/turn-1/pay_order-0", "agent/turn-1/pay_order-0", ["effect"]],
      ["agent/turn-2", "agent/turn-2", []],
    ]);
    expect(comparison).toMatchObject({
      firstDivergence: null,
      counts: { same: 5, changed: 1, onlyA: 0, onlyB: 0 },
      totals: {
        inputTokens: { a: run.usage.inputTokens, b: replay.usage.inputTokens, delta: 0 },
        costMicros: { delta: 0 },
      },
    });
    const paid = comparison.steps[4];
    expect(paid?.a?.effect).toMatchObject({ verdict: "live", mutating: true });
    expect(paid?.b?.effect).toMatchObject({
      verdict: "dry_run_recorded",
      recordedFrom: { runId: run.id, spanId: paid?.a?.spanId },
    });
    const asked = comparison.steps[2];
    expect(asked?.a?.usage?.inputTokens).toBe(
      (comparison.steps[3]?.a?.usage?.inputTokens ?? 0) + (comparison.steps[5]?.a?.usage?.inputTokens ?? 0),
    );
  });

  test("shows where arguments, outputs and prompts part, and the first divergence", async () => {
    const { tenant, run, prompt } = await scene();
    const other = await replayed(tenant.system, run.id, { payload: { n: 1, orderId: "B-2" } });
    const byPayload = await compareTwoRuns(tenant.system, run.id, other.id);
    const call = byPayload.steps.find((step) => step.a?.key.endsWith("pay_order-0"));
    expect(call?.arguments?.changes).toEqual([{ path: "/arguments/orderId", op: "changed", a: "A-1", b: "B-2" }]);
    expect(byPayload.steps[byPayload.firstDivergence ?? -1]?.a?.key).toBe("agent");

    const { contentHash } = await createRevision(tenant.system, prompt.id, {
      text: "Sum up what is given, in one word.",
    });
    const request = { mode: "prompt", prompt: { artifactId: prompt.id, contentHash } } as const;
    const reworded = await replayed(tenant.system, run.id, request);
    const byPrompt = await compareTwoRuns(tenant.system, run.id, reworded.id);
    expect(byPrompt.firstDivergence).toBe(1);
    expect(byPrompt.steps[1]).toMatchObject({
      differences: expect.arrayContaining(["prompt", "arguments"]),
      a: { promptHash: prompt.contentHash },
      b: { promptHash: contentHash },
    });
    expect(byPrompt.steps[1]?.arguments?.changes).toEqual([
      { path: "/system", op: "changed", a: "Sum up what is given.", b: "Sum up what is given, in one word." },
    ]);
  });

  test("a reused step has the bodies of the step that it points to: nothing differs there", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { fromNodeId: "agent" });
    const { steps } = await compareTwoRuns(tenant.system, run.id, replay.id);
    expect(steps.slice(0, 2).map((step) => [step.b?.key, step.arguments, step.output])).toEqual([
      ["sum", null, null],
      ["ask", null, null],
    ]);
    const further = await replayed(tenant.system, run.id, { payload: { n: 7, orderId: "A-1" } });
    const differs = await compareTwoRuns(tenant.system, replay.id, further.id);
    expect(differs.steps[0]?.output?.changes).toEqual([{ path: "/n", op: "changed", a: 2, b: 8 }]);
  });

  test("two unrelated runs: what one does not have is a gap; unknown stays unknown", async () => {
    const { tenant, run } = await scene();
    const small = await recorded(tenant.system, "small", {
      name: "small",
      nodes: [{ id: "sum", type: "transform", value: 1 }],
    });
    const comparison = await compareTwoRuns(tenant.system, run.id, small.id);
    expect(comparison.counts).toEqual({ same: 0, changed: 1, onlyA: 5, onlyB: 0 });
    const release = await holdRuns(stage, tenant);
    const waiting = await triggerRun(tenant.system, "small", {}, "api");
    const early = await compareTwoRuns(tenant.system, small.id, waiting.id);
    expect(early.totals.durationMs).toMatchObject({ b: null, delta: null });
    expect(early.totals.costMicros).toEqual({ a: 0, b: null, delta: null });
    await release();
  });

  test("a run beside itself is the same everywhere", async () => {
    const { tenant, run } = await scene();
    const comparison = await compareTwoRuns(tenant.system, run.id, run.id);
    expect(comparison.counts).toEqual({ same: 6, changed: 0, onlyA: 0, onlyB: 0 });
  });

  test("bodies too large to be shown are said to differ where they do, whatever texts of their run they hold", async () => {
    const tenant = await tenantOf(stage);
    const definition = {
      name: "large",
      nodes: [
        { id: "own", type: "transform", value: { run: "{{ run.id }}", text: "{{ trigger.same }}" } },
        { id: "other", type: "transform", needs: ["own"], value: "{{ trigger.other }}" },
        { id: "small", type: "transform", needs: ["other"], value: "{{ size(trigger.other) }}" },
      ],
    };
    const same = "s".repeat(2_500_000);
    const run = await recorded(tenant.system, "large", definition, { same, other: "a".repeat(2_500_000) });
    const replay = await replayed(tenant.system, run.id, { payload: { same, other: "b".repeat(2_500_001) } });
    const { steps, firstDivergence } = await compareTwoRuns(tenant.system, run.id, replay.id);
    expect(steps.map(({ output }) => output)).toEqual([
      null,
      { changes: [], truncated: true },
      { changes: [{ path: "", op: "changed", a: 2_500_000, b: 2_500_001 }], truncated: false },
    ]);
    expect(firstDivergence).toBe(1);
  });

  test("another workspace's run is not found on either side; a key needs runs:read", async () => {
    const { tenant, run } = await scene();
    const stranger = await tenantOf(stage, tenant.workspace.accountId);
    const own = await recorded(stranger.system, "own", {
      name: "own",
      nodes: [{ id: "sum", type: "transform", value: 1 }],
    });
    for (const [one, other] of [
      [run.id, own.id],
      [own.id, run.id],
      [own.id, "run_nowhere"],
    ] as const)
      await expect(compareTwoRuns(stranger.system, one, other)).rejects.toMatchObject({ code: "not_found" });
    await expect(compareTwoRuns(stranger.key("replays:write"), own.id, own.id)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(compareTwoRuns(await stranger.as("viewer"), own.id, own.id)).resolves.toBeDefined();
    expect((await runOf(stranger.system, "own")).status).toBe("completed");
  });
});
