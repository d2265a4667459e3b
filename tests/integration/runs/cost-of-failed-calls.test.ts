import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createModel } from "#/lib/models/create-model.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { openStage, recorded, replayed, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const models = ["anthropic:claude-haiku-4-5", "openai:gpt-5.4"];
const flow = (model: string, fault: string) => ({
  name: "ask",
  nodes: [
    {
      id: "ask",
      type: "model",
      model,
      prompt: { text: `Say a word. [[fault:${fault} ${model}]]` },
      retry: { maxAttempts: 3, backoffMs: 1 },
    },
  ],
});

describe.each(models)("a call of %s", (model) => {
  test.each(["error", "cut", "malformed", "reset"])(
    "whose stream breaks off (%s) may have been billed: its cost is unknown, not 0",
    async (fault) => {
      const { system } = await tenantOf(stage);
      const run = await recorded(system, "ask", flow(model, fault));
      expect(run).toMatchObject({ status: "failed", costMicros: null, usage: { outputTokens: null } });
      const { data } = await listSteps(system, run.id);
      expect(data[0]?.attempts.map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
    },
  );

  test("that broke off once makes the cost of the whole run unknown, although the next one succeeds", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "ask", flow(model, "errorx1"));
    expect(run).toMatchObject({ status: "completed", costMicros: null });
  });

  test("that was cancelled in the middle of its answer may have been billed too", async () => {
    const { system } = await tenantOf(stage);
    await push(system, "ask", flow(model, "stall"));
    const { id } = await triggerRun(system, "ask", {}, "api");
    await expect.poll(async () => (await listSteps(system, id)).data[0]?.status).toBe("running");
    await sleep(500);
    await cancelRun(system, id);
    expect(await finished(system, id)).toMatchObject({ status: "cancelled", costMicros: null });
  });

  test.each(["400", "529x2"])("that was refused (%s) cost nothing", async (fault) => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "ask", flow(model, fault));
    expect(run.costMicros).toEqual(fault === "400" ? 0 : expect.any(Number));
  });
});

test("a failed attempt costs what the workspace's price says, and counts towards the limit of a replay", async () => {
  const { system } = await tenantOf(stage);
  process.env["REPRISE_EGRESS_ALLOW"] += `,${new URL(stage.provider.url).host}`;
  await putProvider(system, "house", {
    ...{ kind: "openai-compatible", apiKey: "key-of-the-house-1", baseUrl: `${stage.provider.url}/v1` },
  } as Parameters<typeof putProvider>[2]);
  const price = { input: 1_000_000_000, output: 2_000_000_000, cacheRead: null, cacheWrite: null };
  await createModel(system, { id: "claude-haiku-4-5", provider: "house", price });
  const impossible = {
    type: "object",
    required: ["n"],
    properties: { n: { type: "integer", minimum: 5, maximum: 4 } },
  };
  // An answer that cannot be read, and one that does not fit: the first fails in the gateway, the second behind it.
  for (const [slug, prompt, more] of [
    ["unread", "[[fault:finish=tool_calls]]", {}],
    ["unfit", "Say a number.", { output: impossible }],
  ] as const) {
    const node = { id: "ask", type: "model", model: "house:claude-haiku-4-5", prompt: { text: prompt }, ...more };
    const nodes = [{ ...node, retry: { maxAttempts: 3, backoffMs: 1 } }];
    const run = await recorded(system, slug, { name: slug, nodes });
    const { inputTokens, outputTokens } = run.usage;
    expect(run.error).toMatchObject({ code: "output_invalid" });
    expect(run.costMicros).toBe((inputTokens ?? 0) * 1000 + (outputTokens ?? 0) * 2000);
    const capped = await replayed(system, run.id, { maxCostMicros: 1 });
    expect(capped.error).toMatchObject({ code: "cost_limit_exceeded" });
    expect(capped.costMicros).toBe((run.costMicros ?? 0) / 3);
  }
});

test("the model that answered is kept beside the one asked for, of steps, spans, turns and failed attempts", async () => {
  const of = async (fault: string, node: object = {}) => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "ask", {
      name: "ask",
      nodes: [
        {
          id: "ask",
          type: "model",
          model: "openai:gpt-5.4",
          prompt: { text: `Say a word. [[fault:${fault}]]` },
          retry: { maxAttempts: 2, backoffMs: 1 },
          ...node,
        },
      ],
    });
    return { system, run, step: (await listSteps(system, run.id)).data[0] };
  };
  const asked = { modelRef: "openai:gpt-5.4", answeredModel: "gpt-5.4" };
  const { system, run, step } = await of("shape=keepalive");
  expect(step).toMatchObject(asked);
  expect(await readSpan(system, run.id, step?.spanId ?? "")).toMatchObject(asked);
  expect((await of("shape=keepalive", { type: "agent", tools: [], maxTurns: 2 })).step).toMatchObject(asked);
  expect((await of("400")).step).toMatchObject({ modelRef: "openai:gpt-5.4", answeredModel: null });
});
