import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { createPrompt } from "#/lib/prompts/create-prompt.ts";
import { deletePrompt } from "#/lib/prompts/delete-prompt.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { pauseWorkflow } from "#/lib/workflows/pause-workflow.ts";
import { finished } from "#/tests/support/engine.ts";
import { holdRuns, openStage, recorded, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.shop.forget());

const haiku = "anthropic:claude-haiku-4-5";

/** What is changed while the accepted replay waits for a slot, and how the replay then ends. */
async function changedBeforeStart(change: (tenant: Tenant, promptId: string) => Promise<unknown>) {
  const tenant = await tenantOf(stage);
  const prompt = await createPrompt(tenant.system, { name: "ask", text: "Say something." });
  const run = await recorded(tenant.system, "flow", {
    name: "flow",
    nodes: [
      {
        id: "pay",
        type: "tool",
        http: { method: "POST", url: "{{ env.SHOP }}/pay" },
        policies: { replay: { allowMutations: true } },
      },
      { id: "look", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/look" } },
      {
        id: "ask",
        type: "model",
        needs: ["pay"],
        model: haiku,
        prompt: { artifact: prompt.id, hash: prompt.contentHash },
      },
    ],
  });
  expect(run.error).toBeNull();
  const release = await holdRuns(stage, tenant);
  const request: ReplayRequest = {};
  const accepted = await submitReplay(tenant.system, run.id, request);
  expect(accepted.status).toBe("pending");
  stage.shop.forget();
  stage.provider.reset();
  await change(tenant, prompt.id);
  await release();
  return { tenant, prompt, source: run, replay: await finished(tenant.system, accepted.id) };
}

describe("what changes between submit and start", () => {
  test.each<[string, string, (tenant: Tenant, promptId: string) => Promise<unknown>]>([
    ["the workflow is paused", "workflow_paused", ({ system }) => pauseWorkflow(system, "flow", "stop")],
    ["the version is deleted", "source_version_unavailable", ({ system }) => deleteVersion(system, "flow", 1)],
    [
      "the prompt is deleted",
      "prompt_not_found",
      // Refused by the product while a version pins it: only someone at the database can do that.
      async (_tenant, id) => {
        await database().execute(sql`delete from version_prompts where artifact_id = ${id}`);
        await database().execute(sql`delete from prompt_artifacts where id = ${id}`);
      },
    ],
    [
      "the prompt's text is altered",
      "prompt_hash_mismatch",
      (_tenant, id) => database().execute(sql`update prompt_revisions set text = 'other' where artifact_id = ${id}`),
    ],
  ])("%s: the replay fails with %s before it calls anything", async (_what, code, change) => {
    const { replay } = await changedBeforeStart(change);
    expect(replay).toMatchObject({ status: "failed", statusReason: "error", error: { code } });
    expect(stage.shop.sent()).toEqual([]);
    expect(stage.provider.journal()).toEqual([]);
  });

  test("a prompt that a version pins cannot be deleted", async () => {
    const { replay } = await changedBeforeStart(({ system }, id) =>
      expect(deletePrompt(system, id)).rejects.toMatchObject({ code: "in_use" }),
    );
    expect(replay.status).toBe("completed");
  });

  test("an altered text is on record", async () => {
    const { tenant, prompt, replay } = await changedBeforeStart((_tenant, id) =>
      database().execute(sql`update prompt_revisions set text = 'other' where artifact_id = ${id}`),
    );
    const filter = { action: "prompt.integrity_failed" };
    const audit = await listAuditEvents(tenant.system, { filter, limit: 10, after: null });
    expect(audit.data).toMatchObject([
      { target: prompt.id, details: { contentHash: prompt.contentHash, runId: replay.id } },
    ]);
  });

  test.each<[string, string, (tenant: Tenant) => Promise<unknown>]>([
    [
      "model leaves the workspace's list",
      "model_not_available",
      ({ system }) => putWorkspacePolicy(system, { allowedModels: [] }),
    ],
    [
      "model leaves the account's list",
      "model_not_available",
      ({ system }) => putAccountPolicy(system, { allowedModels: [] }),
    ],
    ["model is retired", "model_not_available", ({ system }) => setModelRetired(system, haiku, true)],
    [
      "provider leaves the workspace's list",
      "provider_blocked",
      ({ system }) => putWorkspacePolicy(system, { allowedProviders: ["openai"] }),
    ],
    [
      "provider leaves the account's list",
      "provider_blocked",
      ({ system }) => putAccountPolicy(system, { allowedProviders: ["openai"] }),
    ],
  ])("its %s: no call of it leaves, and the replay fails with %s", async (_what, code, change) => {
    const { replay } = await changedBeforeStart(change);
    expect(replay).toMatchObject({ status: "failed", error: { code, nodeId: "ask" } });
    expect(stage.provider.journal()).toEqual([]);
  });

  test.each<[string, (tenant: Tenant) => Promise<unknown>]>([
    ["workspace", ({ system }) => putWorkspacePolicy(system, { replay: { allowMutations: false } })],
    ["account", ({ system }) => putAccountPolicy(system, { replay: { allowMutations: false } })],
  ])("mutations are forbidden by the %s: the call that was planned live is dry-run", async (_level, change) => {
    const { replay } = await changedBeforeStart(change);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 1 } });
    expect(stage.shop.sent("POST")).toEqual([]);
  });

  test("nothing: the call that the node opts in to is made", async () => {
    const { replay } = await changedBeforeStart(async () => {});
    expect(replay).toMatchObject({ status: "completed", effects: { live: 1, dryRunRecorded: 0 } });
    expect(stage.shop.sent("POST")).toHaveLength(1);
  });

  test("it is cancelled: it never starts", async () => {
    const tenant = await tenantOf(stage);
    const run = await recorded(tenant.system, "flow", {
      name: "flow",
      nodes: [{ id: "look", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/look" } }],
    });
    const release = await holdRuns(stage, tenant);
    const accepted = await submitReplay(tenant.system, run.id, {});
    stage.shop.forget();
    await cancelRun(tenant.system, accepted.id);
    await release();
    expect(await finished(tenant.system, accepted.id)).toMatchObject({
      status: "cancelled",
      statusReason: "user",
      startedAt: null,
    });
    expect(stage.shop.sent()).toEqual([]);
  });
});
