import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { createRevision } from "#/lib/prompts/create-revision.ts";
import { promptHash } from "#/lib/prompts/revision.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import type { Tenant } from "#/tests/support/tenants.ts";
import { openStage, recorded, replayed, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => {
  stage.shop.forget();
  stage.provider.reset();
});

const haiku = "anthropic:claude-haiku-4-5";
const opus = "anthropic:claude-opus-4-7";

/** classify and reply use one artifact, other another one; look reads, and post writes what reply said. */
async function scene() {
  const tenant = await tenantOf(stage);
  const prompt = await createPrompt(tenant.system, { name: "shared", text: "Sum up {{ trigger.topic }}." });
  const other = await createPrompt(tenant.system, { name: "other", text: "Something else." });
  const pinned = { artifact: prompt.id, hash: prompt.contentHash };
  const run = await recorded(
    tenant.system,
    "flow",
    {
      name: "flow",
      nodes: [
        { id: "look", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/look" } },
        {
          id: "classify",
          type: "model",
          needs: ["look"],
          model: haiku,
          prompt: pinned,
          input: { topic: "{{ trigger.topic }}" },
        },
        {
          id: "other",
          type: "model",
          needs: ["look"],
          model: haiku,
          prompt: { artifact: other.id, hash: other.contentHash },
        },
        {
          id: "reply",
          type: "model",
          needs: ["classify"],
          model: opus,
          prompt: pinned,
          input: "{{ nodes.classify.output }}",
        },
        {
          id: "post",
          type: "tool",
          needs: ["reply"],
          http: { method: "POST", url: "{{ env.SHOP }}/post", body: { text: "{{ nodes.reply.output }}" } },
        },
      ],
      output: { seen: "{{ nodes.look.output.number }}", said: "{{ nodes.reply.output }}" },
    },
    { topic: "parcels" },
  );
  expect(run).toMatchObject({ status: "completed", error: null });
  stage.shop.forget();
  stage.provider.reset();
  return { tenant, prompt, other, run };
}

/** The system text of every request that reached the provider, with the model that was asked. */
function asked() {
  return stage.provider.journal().map((entry) => {
    const { system } = entry.body as JsonObject;
    const text =
      typeof system === "string"
        ? system
        : (system as { text: string }[] | undefined)?.map((part) => part.text).join("");
    return { model: entry.model, system: text ?? null };
  });
}

async function stepsOf(tenant: Tenant, runId: string) {
  const { data } = await listSteps(tenant.system, runId);
  return Object.fromEntries(data.map((step) => [step.nodeId, step]));
}

describe("prompt mode", () => {
  const newText = "  Antworte auf Deutsch: „Größe“ 😀\r\nZeile zwei. \u00a0\n";

  async function withRevision() {
    const all = await scene();
    const { contentHash } = await createRevision(all.tenant.system, all.prompt.id, { text: newText });
    return { ...all, contentHash, override: { artifactId: all.prompt.id, contentHash } };
  }

  test("sends exactly the text of the revision from every node that uses the artifact, and stores its hash", async () => {
    const { tenant, run, override, contentHash, other } = await withRevision();
    expect(contentHash).toBe(promptHash(newText));
    const replay = await replayed(tenant.system, run.id, { mode: "prompt", prompt: override });
    expect(replay).toMatchObject({ status: "completed", mode: "prompt", error: null });
    const texts = asked();
    expect(texts.filter((request) => request.system === newText)).toHaveLength(2);
    expect(texts.map((request) => request.model).sort()).toEqual([
      "claude-haiku-4-5",
      "claude-haiku-4-5",
      "claude-opus-4-7",
    ]);
    const steps = await stepsOf(tenant, replay.id);
    expect([steps["classify"]?.promptHash, steps["reply"]?.promptHash]).toEqual([contentHash, contentHash]);
    expect(steps["other"]?.promptHash).toBe(other.contentHash);
    expect(replay.prompts).toEqual(
      expect.arrayContaining([override, { artifactId: other.id, contentHash: other.contentHash }]),
    );
    const span = await readSpan(tenant.system, replay.id, steps["classify"]?.spanId ?? "");
    expect(span.input).toMatchObject({ system: newText });
    expect((await stepsOf(tenant, run.id))["classify"]?.promptHash).not.toBe(contentHash);
  });

  test("narrowed to named nodes changes only these", async () => {
    const { tenant, run, override, contentHash, prompt } = await withRevision();
    const replay = await replayed(tenant.system, run.id, { mode: "prompt", prompt: override, nodeIds: ["reply"] });
    const steps = await stepsOf(tenant, replay.id);
    expect(steps["classify"]?.promptHash).toBe(prompt.contentHash);
    expect(steps["reply"]?.promptHash).toBe(contentHash);
    expect(asked().filter((request) => request.system === newText)).toEqual([
      { model: "claude-opus-4-7", system: newText },
    ]);
  });

  test("the specification's own hash of the text `test`", async () => {
    const { tenant, run, prompt } = await scene();
    const { contentHash } = await createRevision(tenant.system, prompt.id, { text: "test" });
    expect(contentHash).toBe("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    await replayed(tenant.system, run.id, { mode: "prompt", prompt: { artifactId: prompt.id, contentHash } });
    expect(asked().filter((request) => request.system === "test")).toHaveLength(2);
  });

  test("a text altered after the submit is refused before any call, and the replay says so", async () => {
    const { tenant, run, override, prompt } = await withRevision();
    await database().execute(sql`
      update prompt_revisions set text = text || ' ' where artifact_id = ${prompt.id} and content_hash = ${override.contentHash}`);
    const request: ReplayRequest = { mode: "prompt", prompt: override };
    await expect(submitReplay(tenant.system, run.id, request)).rejects.toMatchObject({ code: "prompt_hash_mismatch" });
    expect(stage.provider.journal()).toEqual([]);
    expect(stage.shop.sent()).toEqual([]);
  });
});

describe("model mode", () => {
  test("calls the model from every node that calls one, and records it", async () => {
    const { tenant, run } = await scene();
    const request: ReplayRequest = { mode: "model", model: { id: "gpt-5.4", ref: "openai:gpt-5.4" } };
    const replay = await replayed(tenant.system, run.id, request);
    expect(replay).toMatchObject({ status: "completed", mode: "model", error: null, models: ["openai:gpt-5.4"] });
    expect(stage.provider.journal().map((entry) => entry.model)).toEqual(["gpt-5.4", "gpt-5.4", "gpt-5.4"]);
    const steps = await stepsOf(tenant, replay.id);
    expect(["classify", "other", "reply"].map((id) => steps[id]?.modelRef)).toEqual(Array(3).fill("openai:gpt-5.4"));
  });

  test("narrowed to named nodes changes only these", async () => {
    const { tenant, run } = await scene();
    const model = { id: "claude-opus-4-7", ref: opus };
    const replay = await replayed(tenant.system, run.id, { mode: "model", model, nodeIds: ["other"] });
    const steps = await stepsOf(tenant, replay.id);
    expect(["classify", "other", "reply"].map((id) => steps[id]?.modelRef)).toEqual([haiku, opus, opus]);
  });
});

describe("as-is of a replay", () => {
  test("repeats it exactly: with its prompt or model, in the same nodes, until another is asked for", async () => {
    const { tenant, run, prompt } = await scene();
    const model = { id: "gpt-5.4", ref: "openai:gpt-5.4" };
    const changed = await replayed(tenant.system, run.id, { mode: "model", model, nodeIds: ["reply", "other"] });
    const again = await replayed(tenant.system, changed.id);
    const further = await replayed(tenant.system, again.id, { fromNodeId: "classify" });
    expect(again).toMatchObject({ status: "completed", mode: "as_is" });
    for (const { id } of [again, further]) {
      const steps = await stepsOf(tenant, id);
      expect(["classify", "reply"].map((node) => steps[node]?.modelRef)).toEqual([haiku, model.ref]);
    }
    const { contentHash } = await createRevision(tenant.system, prompt.id, { text: "Be brief." });
    const override = { artifactId: prompt.id, contentHash };
    const prompted = await replayed(tenant.system, again.id, { mode: "prompt", prompt: override });
    const steps = await stepsOf(tenant, (await replayed(tenant.system, prompted.id)).id);
    expect(["classify", "other", "reply"].map((node) => steps[node]?.modelRef)).toEqual([haiku, haiku, opus]);
    expect(["classify", "reply"].map((node) => steps[node]?.promptHash)).toEqual([contentHash, contentHash]);
  });

  test("is refused when the model that the replay ran with is no longer allowed, and the prompt when it is gone", async () => {
    const { tenant, run, prompt } = await scene();
    const model = { id: "gpt-5.4", ref: "openai:gpt-5.4" };
    const changed = await replayed(tenant.system, run.id, { mode: "model", model });
    const { contentHash } = await createRevision(tenant.system, prompt.id, { text: "Be brief." });
    const override = { artifactId: prompt.id, contentHash };
    const prompted = await replayed(tenant.system, run.id, { mode: "prompt", prompt: override });
    await putWorkspacePolicy(tenant.system, { allowedProviders: ["anthropic"] });
    await expect(submitReplay(tenant.system, changed.id, {})).rejects.toMatchObject({ code: "provider_blocked" });
    await expect(submitReplay(tenant.system, run.id, {})).resolves.toBeDefined();
    await database().execute(sql`update prompt_revisions set text = text || ' ' where content_hash = ${contentHash}
      and artifact_id = ${prompt.id}`);
    await expect(submitReplay(tenant.system, prompted.id, {})).rejects.toMatchObject({ code: "prompt_hash_mismatch" });
  });
});

describe("from a step on", () => {
  test("reuses everything that does not depend on it: nothing is called or spent again for that", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { fromNodeId: "reply" });
    expect(replay).toMatchObject({ status: "completed", fromNodeId: "reply", output: run.output });
    expect(stage.provider.journal().map((entry) => entry.model)).toEqual(["claude-opus-4-7"]);
    expect(stage.shop.sent()).toEqual([]);
    const [before, steps] = [await stepsOf(tenant, run.id), await stepsOf(tenant, replay.id)];
    for (const id of ["look", "classify", "other"]) {
      expect(steps[id]).toMatchObject({
        reusedFrom: { runId: run.id, spanId: before[id]?.spanId },
        usage: null,
        costMicros: null,
      });
      const [old, now] = [
        await readSpan(tenant.system, run.id, before[id]?.spanId ?? ""),
        await readSpan(tenant.system, replay.id, steps[id]?.spanId ?? ""),
      ];
      expect(now.output).toEqual(old.output);
    }
    expect(steps["look"]?.effect?.verdict).toBe("reused");
    expect(steps["reply"]?.reusedFrom).toBeNull();
    expect(replay.usage.inputTokens).toBe(before["reply"]?.usage?.inputTokens);
  });

  test("with a new prompt, for the steps behind only", async () => {
    const { tenant, run, prompt } = await scene();
    const { contentHash } = await createRevision(tenant.system, prompt.id, { text: "Be brief." });
    const override = { artifactId: prompt.id, contentHash };
    const replay = await replayed(tenant.system, run.id, { mode: "prompt", prompt: override, fromNodeId: "reply" });
    expect(replay.status).toBe("completed");
    expect(asked()).toEqual([{ model: "claude-opus-4-7", system: "Be brief." }]);
    const nothing: ReplayRequest = { mode: "prompt", prompt: override, fromNodeId: "post" };
    await expect(submitReplay(tenant.system, run.id, nothing)).rejects.toMatchObject({
      code: "override_has_no_target",
    });
  });

  test("a replay of such a replay leads to the run that did the work", async () => {
    const { tenant, run } = await scene();
    const first = await replayed(tenant.system, run.id, { fromNodeId: "reply" });
    const second = await replayed(tenant.system, first.id, { fromNodeId: "post" });
    expect(second).toMatchObject({ status: "completed", output: run.output });
    const steps = await stepsOf(tenant, second.id);
    expect(steps["look"]?.reusedFrom?.runId).toBe(run.id);
    expect(steps["reply"]?.reusedFrom?.runId).toBe(first.id);
  });

  test("a step that the version does not have is refused", async () => {
    const { tenant, run } = await scene();
    await expect(submitReplay(tenant.system, run.id, { fromNodeId: "ghost" })).rejects.toMatchObject({
      code: "from_node_invalid",
      fields: [{ path: "body.fromNodeId" }],
    });
  });
});

describe("payload, environment and budget", () => {
  const typed = {
    name: "typed",
    input: { type: "object", required: ["n"], properties: { n: { type: "integer" } } },
    nodes: [{ id: "twice", type: "transform", value: "{{ trigger.n * 2 }}" }],
    output: "{{ nodes.twice.output }}",
  };

  test("another payload is what the replay computes with; the source keeps its own", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "typed", typed, { n: 2 });
    const replay = await replayed(system, run.id, { payload: { n: 5 } });
    expect(replay).toMatchObject({ payload: { n: 5 }, output: 10 });
    expect(await replayed(system, replay.id)).toMatchObject({ payload: { n: 5 }, output: 10 });
    expect(await replayed(system, run.id)).toMatchObject({ payload: { n: 2 }, output: 4 });
  });

  test("a payload that has no canonical form (half a character, U+0000) is replayed like any other", async () => {
    const { system } = await tenantOf(stage);
    const flow = { name: "echo", nodes: [{ id: "echo", type: "transform", value: "{{ trigger }}" }] };
    const payload = { a: "\ud800", "b\udc00": ["x\u0000"] };
    const run = await recorded(system, "echo", flow, payload);
    expect(run).toMatchObject({ status: "completed", payload });
    expect(await replayed(system, run.id)).toMatchObject({ status: "completed", payload });
    expect(await replayed(system, run.id, { payload: "\udfff" })).toMatchObject({ payload: "\udfff" });
  });

  test("a payload that does not fit is refused with its path", async () => {
    const { system } = await tenantOf(stage);
    const run = await recorded(system, "typed", typed, { n: 2 });
    await expect(submitReplay(system, run.id, { payload: { n: "x" } })).rejects.toMatchObject({
      code: "payload_invalid",
      fields: [{ path: "body.payload.n" }],
    });
  });

  test("a budget that is spent stops the replay before the next call", async () => {
    const { tenant, run } = await scene();
    const replay = await replayed(tenant.system, run.id, { maxCostMicros: 1 });
    expect(replay).toMatchObject({ status: "failed", error: { code: "cost_limit_exceeded" } });
    expect(stage.provider.journal().length).toBeLessThan(3);
  });

  test("a budget counts reasoning that a compatible server puts beside the output", async () => {
    const { system } = await tenantOf(stage);
    process.env["REPRISE_EGRESS_ALLOW"] += `,${new URL(stage.provider.url).host}`;
    await putProvider(system, "beside", { apiKey: "", baseUrl: `${stage.provider.url}/v1` });
    const price = { input: 0, output: 1_000_000, cacheRead: 0, cacheWrite: 0 };
    await createModel(system, { id: "thinker", provider: "beside", price });
    const think = {
      type: "model",
      model: "beside:thinker",
      prompt: { text: "[[fault:shape=reasoning_beside]] Sum up." },
    };
    const nodes = [
      { id: "first", ...think },
      { id: "second", needs: ["first"], ...think },
    ];
    const run = await recorded(system, "thinks", { name: "thinks", nodes });
    const one = Number(run.costMicros) / 2;
    // A micro a token: the hundred tokens of reasoning are most of what one call costs.
    expect(one).toBeGreaterThan(100);
    const called = async (id: string) =>
      (await listSteps(system, id)).data.map(({ nodeId, status }) => [nodeId, status]);
    const stopped = await replayed(system, run.id, { maxCostMicros: one - 1 });
    expect(stopped).toMatchObject({ status: "failed", error: { code: "cost_limit_exceeded", nodeId: "second" } });
    expect(await called(stopped.id)).toContainEqual(["first", "completed"]);
    expect(await replayed(system, run.id, { maxCostMicros: 2 * one + 1 })).toMatchObject({ status: "completed" });
  });
});
