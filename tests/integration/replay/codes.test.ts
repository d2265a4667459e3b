import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { withIdempotency } from "#/lib/tenancy/idempotency.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { pauseWorkflow, unpauseWorkflow } from "#/lib/workflows/pause-workflow.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { holdRuns, openStage, recorded, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const haiku = "anthropic:claude-haiku-4-5";
const notAllowed =
  "This model is not available for this workspace. Pick an allowed model, or update the workspace policy.";
const blocked =
  "This model provider is blocked by the workspace policy. Pick a model from an allowed provider, or update the policy.";
const gone = "This run cannot be replayed because its source workflow version is no longer available.";

/** A tenant with a finished run of a workflow that asks a model with a pinned prompt. */
async function scene() {
  const tenant = await tenantOf(stage);
  const prompt = await createPrompt(tenant.system, { name: "ask", text: "Say something about {{ trigger.topic }}." });
  const other = await createPrompt(tenant.system, { name: "other", text: "test" });
  const definition = {
    name: "ask",
    nodes: [{ id: "ask", type: "model", model: haiku, prompt: { artifact: prompt.id, hash: prompt.contentHash } }],
  };
  const run = await recorded(tenant.system, "ask", definition, { topic: "parcels" });
  expect(run).toMatchObject({ status: "completed", error: null });
  return { tenant, prompt, other, run, definition };
}

const all = { filter: {}, limit: 100, after: null };

async function runIds(tenant: Tenant): Promise<string[]> {
  return (await listRuns(tenant.system, all)).data.map((run) => run.id);
}

async function refusal(tenant: Tenant, runId: string, request: ReplayRequest, code: ErrorCode, message: string) {
  const before = await runIds(tenant);
  await expect(submitReplay(tenant.system, runId, request)).rejects.toMatchObject({ code, message });
  const preflight = await preflightReplay(tenant.system, runId, request);
  expect(preflight.ok).toBe(false);
  expect(preflight.verdicts.find((verdict) => verdict.level === "block")).toMatchObject({ code, message });
  expect(await runIds(tenant)).toEqual(before);
  expect(preflight.quota.remaining).toBe(20);
}

describe("a refused replay: code and message of the product's table, the same in preflight, and nothing written", () => {
  test("run_in_flight: a run that has not begun, and one that runs", async () => {
    const { tenant } = await scene();
    const release = await holdRuns(stage, tenant);
    const waiting = await triggerRun(tenant.system, "ask", { payload: { topic: "x" } }, "api");
    const running = (await listRuns(tenant.system, { ...all, filter: { status: ["running"] } })).data[0]?.id ?? "";
    await refusal(tenant, waiting.id, {}, "run_in_flight", "Cannot replay an in-flight run");
    await refusal(tenant, running, {}, "run_in_flight", "Cannot replay an in-flight run");
    await release();
    await finished(tenant.system, waiting.id);
    await expect(submitReplay(tenant.system, waiting.id, {})).resolves.toMatchObject({ depth: 1 });
  });

  test("replay_depth_exceeded: five levels are accepted, the sixth is refused, whatever a client says", async () => {
    const { tenant, run } = await scene();
    let source = run.id;
    for (let depth = 1; depth <= 5; depth += 1) {
      const replay = await submitReplay(tenant.system, source, {});
      expect(replay).toMatchObject({ depth, replayOf: source, rootRun: run.id });
      await finished(tenant.system, replay.id);
      source = replay.id;
    }
    await expect(submitReplay(tenant.system, source, {})).rejects.toMatchObject({
      code: "replay_depth_exceeded",
      message: "Replay chain exceeded depth limit",
    });
    const preflight = await preflightReplay(tenant.system, source, {});
    expect(preflight).toMatchObject({ ok: false, depth: { next: 6, limit: 5 }, quota: { remaining: 15 } });
    await expect(submitReplay(tenant.system, run.id, {})).resolves.toMatchObject({ depth: 1 });
  });

  test.each<["workspace" | "account", object, ErrorCode, string]>([
    ["workspace", { allowedModels: [] }, "model_not_available", notAllowed],
    ["account", { allowedModels: ["openai:gpt-5.4"] }, "model_not_available", notAllowed],
    ["workspace", { allowedProviders: ["openai"] }, "provider_blocked", blocked],
    ["account", { allowedProviders: [] }, "provider_blocked", blocked],
  ])("the %s's policy %j: as-is, prompt and model mode alike", async (level, policy, code, message) => {
    const { tenant, prompt, run } = await scene();
    const put = level === "workspace" ? putWorkspacePolicy : putAccountPolicy;
    await put(tenant.system, policy);
    const [provider, id] = haiku.split(":");
    for (const request of [
      {},
      { mode: "prompt", prompt: { artifactId: prompt.id, contentHash: prompt.contentHash } },
      { mode: "model", model: { id: id as string, ref: `${provider}:${id}` } },
    ] satisfies ReplayRequest[])
      await refusal(tenant, run.id, request, code, message);
    await put(tenant.system, {});
    await expect(submitReplay(tenant.system, run.id, {})).resolves.toBeDefined();
  });

  test("model_not_available: retired by the workspace, or in no catalogue", async () => {
    const { tenant, run } = await scene();
    const unknown: ReplayRequest = { mode: "model", model: { id: "gpt-0", ref: "openai:gpt-0" } };
    await refusal(tenant, run.id, unknown, "model_not_available", notAllowed);
    await setModelRetired(tenant.system, haiku, true);
    await refusal(tenant, run.id, {}, "model_not_available", notAllowed);
  });

  test("source_version_unavailable: the version was deleted, also towards another version", async () => {
    const { tenant, run, definition } = await scene();
    await push(tenant.system, "ask", { ...definition, description: "next" }, true);
    await deleteVersion(tenant.system, "ask", 1);
    await refusal(tenant, run.id, {}, "source_version_unavailable", gone);
    await refusal(tenant, run.id, { targetVersion: 2 }, "source_version_unavailable", gone);
  });

  test("a target version that does not exist, or was deleted, is not found", async () => {
    const { tenant, run, definition } = await scene();
    await push(tenant.system, "ask", { ...definition, description: "next" }, true);
    await deleteVersion(tenant.system, "ask", 2);
    for (const targetVersion of [2, 3])
      await expect(submitReplay(tenant.system, run.id, { targetVersion })).rejects.toMatchObject({ code: "not_found" });
    await expect(submitReplay(tenant.system, run.id, { targetVersion: "latest" })).resolves.toMatchObject({
      version: 1,
    });
  });

  test("workflow_paused: until it is unpaused", async () => {
    const { tenant, run } = await scene();
    await pauseWorkflow(tenant.system, "ask", "wrong answers");
    const message = "This workflow is paused for safety reasons. Unpause it before replaying.";
    await refusal(tenant, run.id, {}, "workflow_paused", message);
    await unpauseWorkflow(tenant.system, "ask");
    await expect(submitReplay(tenant.system, run.id, {})).resolves.toBeDefined();
  });

  test("cross_boundary: another workspace's or account's run; not_found: one that exists nowhere", async () => {
    const { tenant, run } = await scene();
    const sibling = await tenantOf(stage, tenant.workspace.accountId);
    const stranger = await tenantOf(stage);
    for (const { system } of [sibling, stranger])
      for (const verb of [submitReplay, preflightReplay])
        await expect(verb(system, run.id, {})).rejects.toMatchObject({
          code: "cross_boundary",
          message: "This run belongs to another workspace or account.",
        });
    for (const verb of [submitReplay, preflightReplay])
      await expect(verb(tenant.system, "run_nowhere", {})).rejects.toMatchObject({ code: "not_found" });
  });

  test("prompt_not_found: an artifact that is nowhere, or in another workspace", async () => {
    const { tenant, run } = await scene();
    const stranger = await scene();
    for (const artifactId of ["prompt_nowhere", stranger.prompt.id]) {
      const prompt = { artifactId, contentHash: stranger.prompt.contentHash };
      const message = `There is no prompt artifact ${artifactId} in this workspace.`;
      await refusal(tenant, run.id, { mode: "prompt", prompt }, "prompt_not_found", message);
    }
  });

  test("prompt_hash_mismatch: malformed, of no revision, or of another artifact's", async () => {
    const { tenant, run, prompt, other } = await scene();
    const of = (contentHash: string): ReplayRequest => ({
      mode: "prompt",
      prompt: { artifactId: prompt.id, contentHash },
    });
    const malformed = "The content hash must be sha256: and 64 lowercase hexadecimal digits.";
    await refusal(tenant, run.id, of("test"), "prompt_hash_mismatch", malformed);
    await refusal(tenant, run.id, of(prompt.contentHash.toUpperCase()), "prompt_hash_mismatch", malformed);
    const unknown = "No revision of this prompt artifact has this content hash.";
    await refusal(tenant, run.id, of(`sha256:${"0".repeat(64)}`), "prompt_hash_mismatch", unknown);
    await refusal(tenant, run.id, of(other.contentHash), "prompt_hash_mismatch", unknown);
  });

  test("prompt_hash_mismatch: a stored text that was altered; refused before any provider call, and on record", async () => {
    const { tenant, run, prompt } = await scene();
    await database().execute(sql`update prompt_revisions set text = text || '!' where artifact_id = ${prompt.id}`);
    stage.provider.reset();
    const request: ReplayRequest = {
      mode: "prompt",
      prompt: { artifactId: prompt.id, contentHash: prompt.contentHash },
    };
    const message = "The stored prompt text no longer matches its content hash.";
    await refusal(tenant, run.id, request, "prompt_hash_mismatch", message);
    const filter = { action: "prompt.integrity_failed" };
    const audit = await listAuditEvents(tenant.system, { filter, limit: 10, after: null });
    // Once for the submit; a preflight changes nothing.
    expect(audit.data).toMatchObject([
      { target: prompt.id, details: { contentHash: prompt.contentHash, replayOf: run.id } },
    ]);
    // Below an idempotency key everything that the submit wrote is undone, but not this; every try is one.
    const keyed = { key: "k", route: "POST /replay", requestHash: "a" };
    for (let n = 2; n <= 3; n++) {
      const submit = withIdempotency(tenant.system, keyed, async (ctx) => {
        const body = (await submitReplay(ctx, run.id, request)) as unknown as JsonObject;
        return { status: 202, headers: {}, body };
      });
      await expect(submit).rejects.toMatchObject({ code: "prompt_hash_mismatch" });
      const rows = (await listAuditEvents(tenant.system, { filter, limit: 10, after: null })).data;
      expect(rows).toHaveLength(n);
      expect(rows[0]).toMatchObject({ target: prompt.id, details: { replayOf: run.id } });
    }
    expect(stage.provider.journal()).toEqual([]);
  });

  test("model_ref_mismatch: id and ref of two models", async () => {
    const { tenant, run } = await scene();
    const request: ReplayRequest = { mode: "model", model: { id: "claude-opus-4-7", ref: haiku } };
    const message = "The model id and the model ref do not name the same model.";
    await refusal(tenant, run.id, request, "model_ref_mismatch", message);
  });

  test("override_has_no_target: a prompt that no node uses, or nodes that do not use it", async () => {
    const { tenant, run, prompt, other } = await scene();
    const unused: ReplayRequest = { mode: "prompt", prompt: { artifactId: other.id, contentHash: other.contentHash } };
    await refusal(tenant, run.id, unused, "override_has_no_target", "No node of the run uses that prompt artifact.");
    const narrowed: ReplayRequest = {
      mode: "prompt",
      prompt: { artifactId: prompt.id, contentHash: prompt.contentHash },
      nodeIds: ["ghost"],
    };
    const message = "ghost: no such node uses that prompt artifact.";
    await refusal(tenant, run.id, narrowed, "override_has_no_target", message);
  });

  test("an unfit mapping or node to start from is refused behind what no other request would change", async () => {
    const { tenant, run } = await scene();
    const wrong: ReplayRequest = { nodeMapping: { ghost: "ask" }, fromNodeId: "ghost" };
    const mapping = "The node mapping cannot be used: body.nodeMapping.ghost is not a node of the source version";
    await refusal(tenant, run.id, wrong, "mapping_invalid", mapping);
    await refusal(tenant, run.id, { fromNodeId: "ghost" }, "from_node_invalid", "ghost is not a node of version 1.");
    const both = await preflightReplay(tenant.system, run.id, wrong);
    const blocks = both.verdicts.filter(({ level }) => level === "block");
    expect(blocks.map(({ code }) => code)).toEqual(["mapping_invalid", "from_node_invalid"]);
    const release = await holdRuns(stage, tenant);
    const waiting = await triggerRun(tenant.system, "ask", { payload: { topic: "x" } }, "api");
    for (const request of [wrong, { fromNodeId: "ghost" }, { nodeMapping: { ghost: null } }] satisfies ReplayRequest[])
      await refusal(tenant, waiting.id, request, "run_in_flight", "Cannot replay an in-flight run");
    await release();
    await finished(tenant.system, waiting.id);
  });

  test("a node inside of a map is named as such, not as a node that is not there", async () => {
    const tenant = await tenantOf(stage);
    const inner = { id: "inner", type: "transform", value: 1 };
    const nodes = [{ id: "each", type: "map", over: [1], as: "x", nodes: [inner] }];
    const run = await recorded(tenant.system, "mapped", { name: "mapped", nodes });
    const message = "inner is inside the map each: name the item as well, for example each[0].inner.";
    await refusal(tenant, run.id, { fromNodeId: "inner" }, "from_node_invalid", message);
  });

  test("nodes_unmapped: a node that executed is not in the target version", async () => {
    const { tenant, run, definition } = await scene();
    const [node] = definition.nodes;
    await push(tenant.system, "ask", { ...definition, nodes: [{ ...node, id: "question" }] }, true);
    const message = "1 renamed node(s) need mapping before this cross-version replay can run.";
    await refusal(tenant, run.id, { targetVersion: 2 }, "nodes_unmapped", message);
    const preflight = await preflightReplay(tenant.system, run.id, { targetVersion: 2 });
    expect(preflight.renamedNodes).toMatchObject([{ id: "ask", suggestions: [{ id: "question" }] }]);
  });
});

describe("a workflow inside that cannot run", () => {
  const sub = (id: string, workflow: string, more: object = {}) => ({ id, type: "workflow", workflow, ...more });
  const message = {
    source_version_unavailable: gone,
    workflow_paused: "This workflow is paused for safety reasons. Unpause it before replaying.",
  };

  /** A run of outer → middle → inner, where outer asks a model too and has a step inside of a map that nothing reaches. */
  async function nested(pin: { version?: number } = {}) {
    const tenant = await tenantOf(stage);
    const { system } = tenant;
    const one = { id: "one", type: "transform", value: 1 };
    await push(system, "inner", { name: "inner", nodes: [one] });
    await push(system, "idle", { name: "idle", nodes: [one] });
    await push(system, "middle", { name: "middle", nodes: [sub("deep", "inner")] });
    const each = { id: "each", type: "map", over: [1], as: "x", when: "false", nodes: [sub("never", "idle", pin)] };
    const ask = { id: "ask", type: "model", needs: ["host"], model: haiku, prompt: { text: "Say a word." } };
    const run = await recorded(system, "outer", { name: "outer", nodes: [sub("host", "middle"), each, ask] });
    expect(run).toMatchObject({ status: "completed", error: null });
    stage.provider.reset();
    return { tenant, run };
  }

  async function refusedBy(all: Awaited<ReturnType<typeof nested>>, code: keyof typeof message, steps: object[]) {
    const { tenant, run } = all;
    await refusal(tenant, run.id, {}, code, message[code]);
    const { verdicts } = await preflightReplay(tenant.system, run.id, {});
    expect(verdicts.find((verdict) => verdict.code === code)?.details).toEqual({ steps });
    expect(stage.provider.journal()).toEqual([]);
  }

  test("source_version_unavailable: the version that it ran was deleted, however deep, though there is a newer one", async () => {
    const all = await nested();
    const { tenant, run } = all;
    await push(tenant.system, "inner", { name: "inner", nodes: [{ id: "two", type: "transform", value: 2 }] }, true);
    await deleteVersion(tenant.system, "inner", 1);
    await refusedBy(all, "source_version_unavailable", [{ path: "host/deep", workflow: "inner", version: 1 }]);
    // Its step is reused: it does not run.
    const fromAsk = await submitReplay(tenant.system, run.id, { fromNodeId: "ask" });
    expect(await finished(tenant.system, fromAsk.id)).toMatchObject({ status: "completed" });
  });

  test.each([{}, { version: 1 }])("a step that `when` may skip is refused too (%j)", async (pin) => {
    const all = await nested(pin);
    await deleteVersion(all.tenant.system, "idle", 1);
    const version = pin.version ?? "latest";
    await refusedBy(all, "source_version_unavailable", [{ path: "never", workflow: "idle", version }]);
  });

  test("workflow_paused: until it is unpaused", async () => {
    const all = await nested();
    await pauseWorkflow(all.tenant.system, "inner", "wrong answers");
    await pauseWorkflow(all.tenant.system, "idle", "also wrong");
    await refusedBy(all, "workflow_paused", [
      { path: "never", workflow: "idle", reason: "also wrong" },
      { path: "host/deep", workflow: "inner", reason: "wrong answers" },
    ]);
    for (const slug of ["inner", "idle"]) await unpauseWorkflow(all.tenant.system, slug);
    await expect(submitReplay(all.tenant.system, all.run.id, {})).resolves.toBeDefined();
  });
});

describe("an accepted replay", () => {
  test("leaves the original as it was and is a run of its own, with its request, plan and policy stored", async () => {
    const { tenant, run } = await scene();
    const rows = () =>
      database().execute(sql`
      select (select json_agg(r) from runs r where r.id = ${run.id}) as run,
        (select json_agg(s order by s.seq) from spans s where s.run_id = ${run.id}) as spans,
        (select json_agg(b order by b.span_id) from span_bodies b join spans s on s.id = b.span_id where s.run_id = ${run.id}) as bodies`);
    const before = await rows();
    const operator = await tenant.as("operator");
    const accepted = await submitReplay(operator, run.id, { maxCostMicros: 1_000_000 });
    const replay = await finished(tenant.system, accepted.id);
    expect(replay).toMatchObject({
      status: "completed",
      mode: "as_is",
      replayOf: run.id,
      rootRun: run.id,
      depth: 1,
      payload: run.payload,
      trigger: { kind: "replay" },
    });
    expect(await rows()).toEqual(before);
    const [body] = await database().execute<Record<string, Record<string, unknown>>>(sql`
      select replay_request, replay_plan, policy_snapshot from run_bodies where run_id = ${replay.id}`);
    expect(body?.["replay_request"]).toEqual({ maxCostMicros: 1_000_000 });
    expect(body?.["replay_plan"]).toMatchObject({
      mode: "as_is",
      targetVersion: 1,
      models: [{ nodeId: "ask", ref: haiku }],
    });
    expect(body?.["policy_snapshot"]).toMatchObject({ account: {}, workspace: {} });
    const audit = await listAuditEvents(tenant.system, {
      filter: { action: "replay.submitted" },
      limit: 10,
      after: null,
    });
    expect(audit.data).toMatchObject([
      { target: replay.id, details: { replayOf: run.id, mode: "as_is", models: [haiku] } },
    ]);
  });

  test("needs an operator; a viewer may look at the preflight", async () => {
    const { tenant, run } = await scene();
    const viewer = await tenant.as("viewer");
    await expect(submitReplay(viewer, run.id, {})).rejects.toMatchObject({ code: "forbidden" });
    await expect(preflightReplay(viewer, run.id, {})).resolves.toMatchObject({ ok: true });
    await expect(submitReplay(tenant.key("runs:read"), run.id, {})).rejects.toMatchObject({ code: "forbidden" });
    await expect(submitReplay(tenant.key("replays:write"), run.id, {})).resolves.toBeDefined();
  });

  test("models are called again: nothing is a playback", async () => {
    const { tenant, run } = await scene();
    stage.provider.reset();
    const accepted = await submitReplay(tenant.system, run.id, {});
    const replay = await finished(tenant.system, accepted.id);
    expect(stage.provider.journal()).toHaveLength(1);
    expect(replay.usage.inputTokens).toBe(run.usage.inputTokens);
    expect(replay.costMicros).toBeGreaterThan(0);
  });
});
