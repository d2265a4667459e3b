import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { replayQuota } from "#/lib/contract/replay.ts";
import { startOrders } from "#/lib/demo/orders/server.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { deleteAgedRuns } from "#/lib/runs/delete-aged-runs.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { getWorkspaceSettings, changeWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";
import { approve, finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let orders: Awaited<ReturnType<typeof startOrders>>;
let worker: Awaited<ReturnType<typeof startWorker>>;

beforeAll(async () => {
  orders = await startOrders();
  process.env["REPRISE_EGRESS_ALLOW"] = new URL(orders.url).host;
  worker = await startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await orders?.close();
});

const flow = {
  name: "flow",
  nodes: [
    { id: "first", type: "transform", value: { a: 1 } },
    { id: "look", type: "tool", needs: ["first"], http: { method: "GET", url: "{{ env.ORDERS_URL }}/orders/1001" } },
    {
      id: "pay",
      type: "tool",
      needs: ["look"],
      http: { method: "POST", url: "{{ env.ORDERS_URL }}/refunds", body: { orderId: "1001", amountCents: 1 } },
    },
  ],
};

async function stage(): Promise<
  Tenant & {
    run(slug?: string): Promise<string>;
    ended(slug?: string): Promise<string>;
    replay(id: string, more?: object): Promise<string>;
  }
> {
  const tenant = await createTenant();
  await putVariables(tenant.system, "production", { variables: { ORDERS_URL: orders.url } });
  await push(tenant.system, "flow", flow);
  const run = async (slug = "flow") => (await triggerRun(tenant.system, slug, { payload: {} }, "api")).id;
  const ended = async (slug = "flow") => {
    const id = await run(slug);
    await finished(tenant.system, id);
    return id;
  };
  const replay = async (id: string, more: object = {}) => {
    const accepted = await submitReplay(tenant.system, id, { mode: "as_is", ...more });
    await finished(tenant.system, accepted.id);
    return accepted.id;
  };
  return { ...tenant, run, ended, replay };
}

/** Rows that name the run, over all tables that have a run_id. */
async function rowsOf(id: string): Promise<number> {
  const sql = rawClient();
  const tables = await sql<{ name: string }[]>`
    select table_name as name from information_schema.columns where column_name = 'run_id' and table_schema = 'public'`;
  let total = 0;
  for (const { name } of tables) {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ${sql(name)} where run_id = ${id}`;
    total += row?.count ?? 0;
  }
  const [bodies] = await sql<{ count: number }[]>`
    select count(*)::int as count from span_bodies b where not exists (select 1 from spans s where s.id = b.span_id)`;
  return total + (bodies?.count ?? 0);
}

async function age(ids: string[], days: number): Promise<void> {
  await rawClient()`update runs set finished_at = finished_at - make_interval(days => ${days}),
    started_at = started_at - make_interval(days => ${days}), created_at = created_at - make_interval(days => ${days})
    where id = any(${ids})`;
}

const idsOf = async (tenant: Tenant) =>
  (await listRuns(tenant.system, { filter: {}, limit: 100, after: null })).data.map((run) => run.id);

describe("deleting a run", () => {
  test("takes everything that is stored about it, and leaves one audit row", async () => {
    const tenant = await stage();
    const id = await tenant.ended();
    expect(await rowsOf(id)).toBeGreaterThan(5);
    await deleteRun(await tenant.as("admin"), id);
    expect(await rowsOf(id)).toBe(0);
    await expect(getRun(tenant.system, id)).rejects.toMatchObject({ code: "not_found" });
    const audit = await listAuditEvents(tenant.system, { filter: { target: id }, limit: 10, after: null } as never);
    expect(audit.data.filter((event) => event.action === "run.deleted")).toHaveLength(1);
  });

  test("is for admins and for keys with the scope admin; another workspace's run is not found", async () => {
    const tenant = await stage();
    const id = await tenant.ended();
    for (const role of ["viewer", "operator"] as const)
      await expect(deleteRun(await tenant.as(role), id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteRun(tenant.key("runs:write"), id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteRun((await createTenant()).system, id)).rejects.toMatchObject({ code: "not_found" });
    await deleteRun(tenant.key("admin"), id);
  });

  test("is refused while the run, one inside it, or one that reads it has not ended", async () => {
    const tenant = await stage();
    await push(tenant.system, "asks", {
      name: "asks",
      nodes: [
        { id: "go", type: "transform", value: 1 },
        { id: "ask", type: "wait", needs: ["go"], approval: {} },
      ],
    });
    await push(tenant.system, "outer", { name: "outer", nodes: [{ id: "inner", type: "workflow", workflow: "asks" }] });
    const waiting = await tenant.run("outer");
    await expect(deleteRun(tenant.system, waiting)).rejects.toMatchObject({ code: "run_in_flight" });
    const source = await tenant.run("asks");
    await approve(tenant.system, source);
    await finished(tenant.system, source);
    const replay = await submitReplay(tenant.system, source, { mode: "as_is" });
    await expect(deleteRun(tenant.system, source)).rejects.toMatchObject({
      code: "in_use",
      details: { runs: [replay.id] },
    });
    await approve(tenant.system, replay.id);
    await finished(tenant.system, replay.id);
    await deleteRun(tenant.system, source);
  });

  test("keeps the depth of the replays behind it, and says of what they reused that it is no longer kept", async () => {
    const tenant = await stage();
    const original = await tenant.ended();
    const middle = await tenant.replay(original);
    const last = await tenant.replay(middle, { fromNodeId: "pay" });
    await deleteRun(tenant.system, middle);
    expect(await getRun(tenant.system, last)).toMatchObject({ depth: 2, rootRun: original });
    const next = await tenant.replay(last);
    expect(await getRun(tenant.system, next)).toMatchObject({ depth: 3, status: "completed" });
    const { data } = await listSteps(tenant.system, last);
    const look = data.find((step) => step.nodeId === "look");
    expect(await readSpan(tenant.system, last, look?.spanId ?? "")).toMatchObject({ bodyKept: false, output: null });
    const pay = data.find((step) => step.nodeId === "pay");
    expect(await readSpan(tenant.system, last, pay?.spanId ?? "")).toMatchObject({ bodyKept: true });
  });

  test("a replay whose recorded answers were deleted simulates them; it never answers with nothing", async () => {
    const tenant = await stage();
    const original = await tenant.ended();
    const first = await tenant.replay(original);
    expect((await getRun(tenant.system, first)).effects.dryRunRecorded).toBe(1);
    await deleteRun(tenant.system, original);
    const second = await tenant.replay(first);
    expect((await getRun(tenant.system, second)).effects).toMatchObject({
      dryRunRecorded: 0,
      dryRunSimulated: 1,
      live: 0,
    });
  });

  test("gives back no replay quota", async () => {
    const tenant = await stage();
    const original = await tenant.ended();
    const replays = await Promise.all([1, 2, 3].map(() => tenant.replay(original)));
    const remaining = async () => (await preflightReplay(tenant.system, original, { mode: "as_is" })).quota.remaining;
    expect(await remaining()).toBe(replayQuota.limit - 3);
    for (const id of replays) await deleteRun(tenant.system, id);
    expect(await remaining()).toBe(replayQuota.limit - 3);
  });
});

describe("retention", () => {
  test("is set by admins, audited, and unset by leaving it out", async () => {
    const tenant = await stage();
    const admin = await tenant.as("admin");
    await expect(changeWorkspaceSettings(await tenant.as("operator"), { retentionDays: 3 })).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await changeWorkspaceSettings(admin, { retentionDays: 30 })).toMatchObject({ retentionDays: 30 });
    expect(await getWorkspaceSettings(await tenant.as("viewer"))).toMatchObject({ retentionDays: 30 });
    expect(await changeWorkspaceSettings(admin, { retentionDays: null })).toMatchObject({ retentionDays: null });
  });

  test("deletes what ended longer ago than that, and nothing else of anybody", async () => {
    const [tenant, other] = await Promise.all([stage(), stage()]);
    const [old, young, others] = [await tenant.ended(), await tenant.ended(), await other.ended()];
    await age([old, others], 40);
    await deleteAgedRuns();
    expect(await idsOf(tenant)).toHaveLength(2);
    await changeWorkspaceSettings(tenant.system, { retentionDays: 30 });
    await deleteAgedRuns();
    expect(await idsOf(tenant)).toEqual([young]);
    expect(await rowsOf(old)).toBe(0);
    expect(await idsOf(other)).toEqual([others]);
  });

  test("keeps a run as long as a kept run reuses its steps, or the run around it is kept", async () => {
    const tenant = await stage();
    await push(tenant.system, "outer", { name: "outer", nodes: [{ id: "inner", type: "workflow", workflow: "flow" }] });
    const source = await tenant.ended();
    const reuser = await tenant.replay(source, { fromNodeId: "pay" });
    const outer = await tenant.ended("outer");
    const [inner] = await rawClient()<{ id: string }[]>`select id from runs where parent_run = ${outer}`;
    await age([source, inner?.id ?? ""], 40);
    await changeWorkspaceSettings(tenant.system, { retentionDays: 30 });
    await deleteAgedRuns();
    expect(new Set(await idsOf(tenant))).toEqual(new Set([source, reuser, outer, inner?.id]));
    await age([reuser, outer], 40);
    await deleteAgedRuns();
    expect(await idsOf(tenant)).toEqual([]);
  });

  test("never deletes a run that has not ended", async () => {
    const tenant = await stage();
    await push(tenant.system, "asks", { name: "asks", nodes: [{ id: "ask", type: "wait", approval: {} }] });
    const id = await tenant.run("asks");
    await rawClient()`update runs set created_at = now() - interval '400 days' where id = ${id}`;
    await changeWorkspaceSettings(tenant.system, { retentionDays: 1 });
    await deleteAgedRuns();
    expect(await idsOf(tenant)).toEqual([id]);
  });
});
