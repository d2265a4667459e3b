import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { DomainError } from "#/lib/core/errors.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { finished } from "#/tests/support/engine.ts";
import { openStage, recorded, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const flow = { name: "flow", nodes: [{ id: "sum", type: "transform", value: "{{ 1 + 1 }}" }] };

async function scene(): Promise<{ tenant: Tenant; runId: string }> {
  const tenant = await tenantOf(stage);
  const run = await recorded(tenant.system, "flow", flow);
  return { tenant, runId: run.id };
}

async function accepted(tenant: Tenant): Promise<number> {
  const [row] = await database().execute<{ count: number }>(sql`
    select count(*)::int as count from runs where workspace_id = ${tenant.workspace.id} and replay_of is not null`);
  return row?.count ?? -1;
}

test("of 100 replays submitted at once exactly 20 are accepted, all surfaces together", async () => {
  const { tenant, runId } = await scene();
  const actors = [tenant.system, await tenant.as("operator"), tenant.key("replays:write")];
  const vias = ["api", "page", "cli", "mcp"] as const;
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, (_unused, index) =>
      submitReplay(actors[index % actors.length] ?? tenant.system, runId, {}, { via: vias[index % vias.length] }),
    ),
  );
  const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.id] : []));
  expect(new Set(ids).size).toBe(20);
  expect(await accepted(tenant)).toBe(20);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    const error = result.reason as DomainError;
    expect(error).toMatchObject({ code: "replay_quota_exceeded", message: "Replay quota exceeded" });
    const { limit, remaining, retryAfterMs, resetMs } = error.details as Record<string, number>;
    expect({ limit, remaining }).toEqual({ limit: 20, remaining: 0 });
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(resetMs ?? 0);
    expect(resetMs).toBeLessThanOrEqual(60_000);
  }
});

test("refused replays use nothing of it, and preflights neither", async () => {
  const { tenant, runId } = await scene();
  for (let time = 0; time < 25; time += 1) {
    await expect(
      submitReplay(tenant.system, runId, { mode: "model", model: { id: "x", ref: "y:x" } }),
    ).rejects.toMatchObject({ code: "model_not_available" });
    await preflightReplay(tenant.system, runId, {});
  }
  expect((await preflightReplay(tenant.system, runId, {})).quota).toEqual({ limit: 20, remaining: 20, resetMs: 0 });
});

test("a replay comes back 60 s after it was accepted, by the database's clock; the window rolls", async () => {
  const { tenant, runId } = await scene();
  for (let time = 0; time < 20; time += 1) await submitReplay(tenant.system, runId, {});
  const age = (count: number, seconds: number) =>
    database().execute(sql`
      update runs set created_at = created_at - make_interval(secs => ${seconds})
      where id in (select id from runs where workspace_id = ${tenant.workspace.id} and replay_of is not null
        order by created_at, id limit ${count})`);
  await expect(submitReplay(tenant.system, runId, {})).rejects.toMatchObject({ code: "replay_quota_exceeded" });
  await age(3, 30);
  await expect(submitReplay(tenant.system, runId, {})).rejects.toMatchObject({
    details: { retryAfterMs: expect.toSatisfy((ms: number) => ms > 0 && ms <= 30_000) },
  });
  await age(3, 30);
  const { quota } = await preflightReplay(tenant.system, runId, {});
  expect(quota.remaining).toBe(3);
  for (let time = 0; time < 3; time += 1) await submitReplay(tenant.system, runId, {});
  await expect(submitReplay(tenant.system, runId, {})).rejects.toMatchObject({ code: "replay_quota_exceeded" });
});

test("each workspace has its own", async () => {
  const { tenant, runId } = await scene();
  for (let time = 0; time < 20; time += 1) await submitReplay(tenant.system, runId, {});
  const sibling = await tenantOf(stage, tenant.workspace.accountId);
  const run = await recorded(sibling.system, "flow", flow);
  await expect(submitReplay(sibling.system, run.id, {})).resolves.toBeDefined();
});

test("replays of replays count as well", async () => {
  const { tenant, runId } = await scene();
  const first = await submitReplay(tenant.system, runId, {});
  await finished(tenant.system, first.id);
  for (let time = 0; time < 19; time += 1) await submitReplay(tenant.system, first.id, {});
  for (const id of [runId, first.id])
    await expect(submitReplay(tenant.system, id, {})).rejects.toMatchObject({ code: "replay_quota_exceeded" });
});
