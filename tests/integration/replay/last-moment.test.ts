import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";
import { createMcpServer, updateMcpServer } from "#/lib/tools/mcp-servers.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";
import { finished, push, reached } from "#/tests/support/engine.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { type ReluctantRelay, startReluctantRelay } from "#/tests/support/reluctant-relay.ts";
import { openStage, recorded, replayed, runOf, type Stage, tenantOf } from "#/tests/support/replay-stage.ts";
import { until } from "#/tests/support/worker-fleet.ts";

let stage: Stage;
let bank: McpTestServer;
let relays: { shop: ReluctantRelay; bank: ReluctantRelay; provider: ReluctantRelay };
beforeAll(async () => {
  stage = await openStage();
  bank = await startMcpServer();
  const [shop, ofBank, provider] = await Promise.all(
    [stage.shop.url, bank.url, stage.provider.url].map(startReluctantRelay),
  );
  relays = { shop, bank: ofBank, provider } as typeof relays;
  const hosts = [bank.host, ...Object.values(relays).map(({ host }) => host)];
  process.env["REPRISE_EGRESS_ALLOW"] = [process.env["REPRISE_EGRESS_ALLOW"], ...hosts].join(",");
  process.env["ANTHROPIC_BASE_URL"] = relays.provider.url;
});
afterAll(async () => {
  await Promise.all(Object.values(relays ?? {}).map((relay) => relay.close()));
  await bank?.close();
  await stage?.close();
});
beforeEach(() => {
  stage.shop.forget();
  bank.forget();
  stage.provider.reset();
  Object.assign(bank.state, {
    ...{ balanceText: "Reads a balance", breakCalls: false, status: 0 },
    ...{ onCall: null, onList: null },
  });
});

const auditOf = async (ctx: Ctx, runId: string) =>
  (await listAuditEvents(ctx, { filter: { action: "tool.live_mutation", target: runId }, limit: 9, after: null })).data;
const effectsOf = async (ctx: Ctx, runId: string) =>
  (await listSteps(ctx, runId)).data.map(({ nodeId, status, effect }) => ({ nodeId, status, ...effect }));

describe("when the connection stands", () => {
  const nodes = [
    { id: "pay", type: "tool", http: { method: "POST", url: "{{ env.SHOP }}/pay" } },
    {
      ...{ id: "send", type: "tool", mcp: { server: "bank", tool: "send_money" } },
      arguments: { account: "a-1", cents: 5 },
    },
    { id: "greet", type: "tool", http: { method: "POST", url: "{{ env.SHOP }}/greet?{{ run.isReplay }}" } },
  ];

  /** A workspace whose tools are all behind the relays, with a run of them. */
  async function scene() {
    const tenant = await tenantOf(stage);
    const { system } = tenant;
    await putVariables(system, "production", { variables: { SHOP: relays.shop.url } });
    await createMcpServer(system, { name: "bank", url: `${relays.bank.url}/mcp` });
    const run = await recorded(system, "flow", { name: "flow", nodes });
    expect(run).toMatchObject({ status: "completed" });
    stage.shop.forget();
    bank.forget();
    return { ...tenant, run };
  }
  const changes: [string, (tenant: Awaited<ReturnType<typeof scene>>) => Promise<() => Promise<unknown>>][] = [
    [
      "a grant is revoked",
      async (tenant) => {
        const admin = await tenant.as("admin");
        const { id } = await grantMutations(admin, {
          ...{ workflow: "flow", nodeIds: ["pay", "send", "greet"], reason: "a test" },
          ...{ durationMs: 60_000, needsApproval: false },
        });
        return () => revokeMutationGrant(admin, id);
      },
    ],
    [
      "the workspace's policy forbids it",
      async ({ system }) => {
        await putWorkspacePolicy(system, { replay: { allowMutations: true } });
        return () => putWorkspacePolicy(system, { replay: { allowMutations: false } });
      },
    ],
  ];

  test.each(changes)("of a mutating call and %s meanwhile, nothing leaves: it is answered dry", async (_, prepare) => {
    const tenant = await scene();
    const { system, run } = tenant;
    const forbid = await prepare(tenant);
    await Promise.all([relays.shop.stopAccepting(), relays.bank.stopAccepting()]);
    const { id } = await submitReplay(system, run.id, {});
    await until("all calls wait", () => relays.shop.waiting() === 2 && relays.bank.waiting() === 1);
    await forbid();
    relays.shop.accept();
    relays.bank.accept();
    const replay = await finished(system, id);
    expect(stage.shop.requests).toEqual([]);
    expect(bank.requests).toEqual([]);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 3 } });
    expect(await auditOf(system, id)).toEqual([]);
    for (const effect of await effectsOf(system, id))
      expect(effect).toMatchObject({ verdict: "dry_run_recorded", mutating: true, grant: null });
  });

  test("of a mutating call and writing that it leaves takes long, it does not leave when it is forbidden by then", async () => {
    const { system, run } = await scene();
    await putWorkspacePolicy(system, { replay: { allowMutations: true } });
    await Promise.all([relays.shop.stopAccepting(), relays.bank.stopAccepting()]);
    const { id } = await submitReplay(system, run.id, {});
    await until("all calls wait", () => relays.shop.waiting() === 2 && relays.bank.waiting() === 1);
    await until("they are shown", async () => (await effectsOf(system, id)).length === 3);
    await database().transaction(async (tx) => {
      await tx.execute(sql`select 1 from runs where id = ${id} for update`);
      relays.shop.accept();
      relays.bank.accept();
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await until("they are allowed, and being written", async () => (await database().execute(waiting)).length > 0);
      await putWorkspacePolicy(system, { replay: { allowMutations: false } });
    });
    const replay = await finished(system, id);
    expect(stage.shop.requests).toEqual([]);
    expect(bank.calls("send_money")).toEqual([]);
    expect(replay).toMatchObject({ status: "failed", error: { code: "tool_request_refused" } });
    expect(replay.error?.message).toMatch(/^The call was not sent: .*the workspace's policy forbids mutations/);
  });

  test("of a mutating call that is still allowed, it leaves once, and is on record before", async () => {
    const { system, run } = await scene();
    await putWorkspacePolicy(system, { replay: { allowMutations: true } });
    await relays.shop.stopAccepting();
    const { id } = await submitReplay(system, run.id, {});
    await until("the calls wait", () => relays.shop.waiting() === 2);
    await until("they are shown", async () => (await effectsOf(system, id)).length === 3);
    const waiting = (await effectsOf(system, id)).filter(({ nodeId }) => nodeId !== "send");
    // Nothing has left yet, so nothing says that it did.
    expect(waiting.map(({ status, verdict }) => [status, verdict])).toEqual([
      ["running", undefined],
      ["running", undefined],
    ]);
    relays.shop.accept();
    expect(await finished(system, id)).toMatchObject({ status: "completed", effects: { live: 3 } });
    expect(stage.shop.sent("POST")).toHaveLength(2);
    expect(await auditOf(system, id)).toHaveLength(3);
  });

  test("of a model call and the allowlist forbids it meanwhile, nothing leaves: model_not_available", async () => {
    const [ofInstallation, own] = [await tenantOf(stage), await tenantOf(stage)];
    await putProvider(own.system, "house", {
      ...{ kind: "anthropic", apiKey: "key-of-the-house-1", baseUrl: relays.provider.url },
    } as Parameters<typeof putProvider>[2]);
    await createModel(own.system, { id: "claude-haiku-4-5", provider: "house" });
    const ask = (model: string) => ({
      name: "ask",
      nodes: [{ id: "ask", type: "model", model, prompt: { text: "Hi" } }],
    });
    const all = [
      { system: ofInstallation.system, model: "anthropic:claude-haiku-4-5" },
      { system: own.system, model: "house:claude-haiku-4-5" },
    ];
    for (const { system, model } of all) await push(system, "ask", ask(model));
    await relays.provider.stopAccepting();
    const ids = await Promise.all(all.map(async ({ system }) => (await triggerRun(system, "ask", {}, "api")).id));
    await until("both wait", () => relays.provider.waiting() === 2);
    for (const { system } of all) await putWorkspacePolicy(system, { allowedModels: [] });
    relays.provider.accept();
    for (const [index, { system }] of all.entries())
      expect(await finished(system, ids[index] ?? "")).toMatchObject({
        status: "failed",
        error: { code: "model_not_available", nodeId: "ask" },
      });
    expect(stage.provider.journal()).toEqual([]);
    for (const { system } of all) await putWorkspacePolicy(system, {});
    const { system } = ofInstallation;
    const again = await triggerRun(system, "ask", {}, "api");
    expect(await finished(system, again.id)).toMatchObject({ status: "completed", error: null });
  });
});

describe("before the next attempt", () => {
  const retry = { maxAttempts: 3, backoffMs: 1 };
  const look = {
    ...{ id: "look", type: "tool", mcp: { server: "bank", tool: "read_balance" }, retry },
    arguments: { account: "a-1" },
  };
  const toolId = async (ctx: Ctx, name: string) => (await listTools(ctx)).find((tool) => tool.name === name)?.id ?? "";

  test.each<[string, (ctx: Ctx, serverId: string) => unknown]>([
    ["its definition changes", () => void (bank.state.balanceText = "Reads a balance and moves it")],
    ["its server is trusted no more", (ctx, serverId) => updateMcpServer(ctx, serverId, { trusted: false })],
    ["an admin marks it mutating", async (ctx) => markTool(ctx, await toolId(ctx, "read_balance"), false)],
  ])("a call of an MCP tool that counted as read-only is judged afresh: %s", async (_, change) => {
    const { system } = await tenantOf(stage);
    const { id: serverId } = await createMcpServer(system, { name: "bank", url: bank.url });
    await updateMcpServer(system, serverId, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [look] });
    bank.forget();
    bank.state.onCall = async () => {
      await change(system, serverId);
      return 503;
    };
    const replay = await replayed(system, run.id);
    expect(bank.calls("read_balance")).toHaveLength(1);
    expect(replay).toMatchObject({ status: "failed", error: { code: "tool_request_refused" }, effects: { live: 1 } });
    expect(replay.error?.message).toMatch(/^The call was not tried again: /);
    expect(await effectsOf(system, replay.id)).toMatchObject([{ verdict: "live", mutating: true }]);
  });

  test("one that may have taken effect is not made again where it counts as mutating by then, in any run", async () => {
    const { system } = await tenantOf(stage);
    const { id: serverId } = await createMcpServer(system, { name: "bank", url: bank.url });
    const trust = (trusted: boolean) => updateMcpServer(system, serverId, { trusted });
    await trust(true);
    const source = await recorded(system, "flow", { name: "flow", nodes: [look] });
    await putWorkspacePolicy(system, { replay: { allowMutations: true } });
    bank.state.breakCalls = true;
    bank.state.onCall = async () => {
      await trust(false);
      return 0;
    };
    for (const again of [() => runOf(system, "flow"), () => replayed(system, source.id)]) {
      await trust(true);
      bank.forget();
      expect(await again()).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
      expect(bank.calls("read_balance")).toHaveLength(1);
    }
  });

  test("an original whose server cannot be asked meanwhile fails that attempt, and makes the call once it can", async () => {
    const { system } = await tenantOf(stage);
    const { id: serverId } = await createMcpServer(system, { name: "bank", url: bank.url });
    await updateMcpServer(system, serverId, { trusted: true });
    await push(system, "flow", { name: "flow", nodes: [look] });
    bank.forget();
    bank.state.breakCalls = true;
    const statuses = [503];
    bank.state.onList = async () => statuses.shift() ?? 0;
    bank.state.onCall = async () => {
      bank.state.breakCalls = bank.calls("read_balance").length === 1;
      return 0;
    };
    const run = await runOf(system, "flow");
    expect(run).toMatchObject({ status: "completed" });
    expect(bank.calls("read_balance")).toHaveLength(2);
    const [step] = (await listSteps(system, run.id)).data;
    expect(step?.attempts.map(({ status }) => status)).toEqual(["failed", "failed", "completed"]);
  });

  test("one that is mutating by then, and may be made, is written and audited as such before it leaves", async () => {
    const { system } = await tenantOf(stage);
    const { id: serverId } = await createMcpServer(system, { name: "bank", url: bank.url });
    await updateMcpServer(system, serverId, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [look] });
    await putWorkspacePolicy(system, { replay: { allowMutations: true } });
    bank.forget();
    const stored: unknown[] = [];
    bank.state.onCall = async () => {
      const [row] = await database().execute(
        sql`select effect_verdict, mutating from spans where workspace_id = ${system.workspace.id} and key = 'look'
          and run_id <> ${run.id} and mutating`,
      );
      stored.push(row);
      if (stored.length > 1) return 0;
      await updateMcpServer(system, serverId, { trusted: false });
      return 503;
    };
    const replay = await replayed(system, run.id);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 1 } });
    expect(stored).toEqual([undefined, { effect_verdict: "live", mutating: true }]);
    expect(await auditOf(system, replay.id)).toHaveLength(1);
  });

  test("a call of an HTTP tool of the workspace that an admin marks mutating is not tried again either", async () => {
    const { system } = await tenantOf(stage);
    await createTool(system, { name: "price", http: { method: "GET", url: "{{ env.SHOP }}/held" } } as Parameters<
      typeof createTool
    >[1]);
    const nodes = [{ id: "price", type: "tool", use: "price", retry }];
    await push(system, "flow", { name: "flow", nodes });
    const answer = async () => {
      await until("it is asked", () => stage.shop.held.length === 1);
      stage.shop.held.shift()?.();
    };
    const source = await triggerRun(system, "flow", {}, "api");
    await answer();
    expect(await finished(system, source.id)).toMatchObject({ status: "completed" });
    const { id } = await submitReplay(system, source.id, {});
    await until("it is asked", () => stage.shop.held.length === 1);
    await markTool(system, await toolId(system, "price"), false);
    stage.shop.answer(503);
    await answer();
    expect(await finished(system, id)).toMatchObject({ status: "failed", error: { code: "tool_request_refused" } });
    expect(await effectsOf(system, id)).toMatchObject([{ verdict: "live", mutating: true }]);
    expect(stage.shop.held).toEqual([]);
  });

  test("a mutating call that waited long is not tried again when its grant is gone, and stays live", async () => {
    const tenant = await tenantOf(stage);
    const { system } = tenant;
    const admin = await tenant.as("admin");
    const pay = { id: "pay", type: "tool", http: { method: "POST", url: "{{ env.SHOP }}/pay" } };
    const nodes = [{ ...pay, retry: { maxAttempts: 2, backoffMs: 3_600_000, maxBackoffMs: 3_600_000 } }];
    const run = await recorded(system, "flow", { name: "flow", nodes });
    const grant = await grantMutations(admin, {
      ...{ workflow: "flow", nodeIds: ["pay"], reason: "a test", durationMs: 60_000, needsApproval: false },
    });
    stage.shop.forget();
    stage.shop.answer(503);
    const { id } = await submitReplay(system, run.id, {});
    await reached(system, id, "waiting", "retry_backoff");
    expect(await effectsOf(system, id)).toMatchObject([{ status: "waiting", verdict: "live" }]);
    await revokeMutationGrant(admin, grant.id);
    await database().execute(sql`update spans set wake_at = now() where run_id = ${id}`);
    await database().execute(sql`update runs set due_at = now() where id = ${id}`);
    expect(await finished(system, id)).toMatchObject({ status: "failed", error: { code: "tool_request_refused" } });
    expect(await effectsOf(system, id)).toMatchObject([{ verdict: "live", mutating: true, status: "failed" }]);
    expect(stage.shop.sent("POST")).toHaveLength(1);
    expect(await auditOf(system, id)).toHaveLength(1);
  });
});

test("the database lets no stored live verdict become another, and every other one change", async () => {
  const { system } = await tenantOf(stage);
  const pay = { id: "pay", type: "tool", http: { method: "POST", url: "{{ env.SHOP }}/pay" } };
  const run = await recorded(system, "flow", { name: "flow", nodes: [pay] });
  const replay = await replayed(system, run.id);
  const set = (runId: string, verdict: string | null) =>
    database().execute(sql`update spans set effect_verdict = ${verdict} where run_id = ${runId}`);
  for (const verdict of ["dry_run_recorded", "dry_run_simulated", "refused", "reused", null])
    await expect(set(run.id, verdict)).rejects.toMatchObject({ cause: { constraint_name: "spans_live_stands" } });
  await set(run.id, "live");
  for (const verdict of ["dry_run_simulated", null, "live"]) await set(replay.id, verdict);
  expect(await effectsOf(system, run.id)).toMatchObject([{ verdict: "live" }]);
});
