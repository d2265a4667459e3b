import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";
import { allFinal, startFleet, toolNode, until, type Fleet } from "#/tests/support/worker-fleet.ts";

const slots = 6;
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ slots });
  await fleet.addWorker();
});
afterAll(() => fleet?.stop());

/** A workspace of its own that runs at most `maxRunning` at once, with one workflow whose only step takes `ms`. */
async function tenantOf(maxRunning: number, ms: number): Promise<Ctx> {
  const { system, workspace } = await createTenant();
  await rawClient()`update workspaces set max_running = ${maxRunning} where id = ${workspace.id}`;
  await putVariables(system, "production", { variables: { TOOLS: fleet.tools.url } });
  await push(system, "work", { name: "work", nodes: [toolNode("step", "GET", ms)] });
  return system;
}

const start = async (ctx: Ctx, request: Parameters<typeof triggerRun>[2] = {}) =>
  (await triggerRun(ctx, "work", request, "api")).id;

async function startMany(ctx: Ctx, count: number, request: Parameters<typeof triggerRun>[2] = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 10)
    ids.push(...(await Promise.all(Array.from({ length: Math.min(10, count - made) }, () => start(ctx, request)))));
  return ids;
}

/** Runs of a workspace in the order in which they started. */
async function startedIn(ctx: Ctx): Promise<string[]> {
  const rows = await rawClient()<{ id: string }[]>`
    select id from runs where workspace_id = ${ctx.workspace.id} and started_at is not null order by started_at, id`;
  return rows.map((row) => row.id);
}

const drained = (ctx: Ctx) => until("all runs final", () => allFinal(ctx.workspace.id), 60_000);

test("max_running holds exactly for each workspace, under load and all the time", async () => {
  const limits = [2, 3];
  const tenants = await Promise.all(limits.map((limit) => tenantOf(limit, 15)));
  await Promise.all(tenants.map((ctx) => startMany(ctx, 30)));
  const seen = limits.map(() => new Set<number>());
  while (!(await Promise.all(tenants.map((ctx) => allFinal(ctx.workspace.id)))).every(Boolean)) {
    const rows = await rawClient()<{ id: string; running: number }[]>`
      select workspace_id as id, count(*)::int as running from runs
      where admitted_at is not null and workspace_id = any(${tenants.map((ctx) => ctx.workspace.id)}) group by 1`;
    for (const [index, ctx] of tenants.entries())
      seen[index]?.add(rows.find((row) => row.id === ctx.workspace.id)?.running ?? 0);
  }
  for (const [index, limit] of limits.entries()) expect(Math.max(...(seen[index] ?? []))).toBe(limit);
}, 90_000);

test.each([
  ["there are slots left", 3],
  ["the other holds every slot of the worker", slots],
])(
  "a new workspace's run starts before the other's backlog, when %s",
  async (_, maxRunning) => {
    const crowd = await tenantOf(maxRunning, 20);
    await startMany(crowd, 100);
    const newcomer = await tenantOf(5, 1);
    for (let turn = 0; turn < 5; turn++) {
      const id = await start(newcomer);
      // From here on its row is there for every claim; what one began before its commit had a slot already.
      const [{ there } = { there: "" }] = await rawClient()<
        { there: string }[]
      >`select clock_timestamp()::text as there`;
      await until("the newcomer's run started", async () => (await startedIn(newcomer)).includes(id));
      const [row] = await rawClient()<{ between: number; backlog: number }[]>`
      with claimed as (select data->>'runId' as run, group_id as workspace, started_on from pgboss.job)
      select (select count(*)::int from claimed o where o.workspace = ${crowd.workspace.id}
          and o.started_on > ${there}::timestamptz and o.started_on < r.started_on) as between,
        (select count(*)::int from runs o where o.workspace_id = ${crowd.workspace.id} and o.started_at is null) as backlog
      from claimed r where r.run = ${id}`;
      // Only what was admitted already may be claimed before, however long the backlog is. Those that are claimed with it
      // may begin a moment earlier.
      expect(row?.between).toBeLessThanOrEqual(maxRunning);
      expect(row?.backlog).toBeGreaterThan(0);
    }
    await rawClient()`delete from runs where workspace_id = ${crowd.workspace.id} and admitted_at is null and status = 'pending'`;
    await drained(crowd);
  },
  90_000,
);

test("runs that wait for a slow tool leave slots to another workspace, whatever their own may run at once", async () => {
  const crowd = await tenantOf(slots, 25_000);
  const waiting = await startMany(crowd, slots);
  await until("the crowd has its share", async () => (await startedIn(crowd)).length === slots - 1);
  const newcomer = await tenantOf(5, 1);
  const ids = [await start(newcomer), await start(newcomer)];
  await drained(newcomer);
  expect((await startedIn(newcomer)).sort()).toEqual(ids.sort());
  // None of the crowd has ended meanwhile, and none has taken the last slot.
  expect(await startedIn(crowd)).toHaveLength(slots - 1);
  expect(await allFinal(crowd.workspace.id)).toBe(false);
  for (const id of waiting) await cancelRun(crowd, id);
  await drained(crowd);
});

test("within a workspace higher priority goes first, and of the same the older", async () => {
  const ctx = await tenantOf(1, 20);
  await push(ctx, "hold", { name: "hold", nodes: [toolNode("step", "GET", 25_000)] });
  const first = (await triggerRun(ctx, "hold", {}, "api")).id;
  await until("the slot is taken", async () => (await startedIn(ctx)).includes(first));
  const [low, normal, high, normalLater, highLater] = [
    await start(ctx, { priority: -10 }),
    await start(ctx),
    await start(ctx, { priority: 5 }),
    await start(ctx),
    await start(ctx, { priority: 5 }),
  ];
  // Only now is the slot free, however long the submits took.
  await cancelRun(ctx, first);
  await drained(ctx);
  expect(await startedIn(ctx)).toEqual([first, high, highLater, normal, normalLater, low]);
});

test("a backlog of low priority, as a batch makes it, gives way to each run that comes later", async () => {
  const ctx = await tenantOf(2, 30);
  const batch = await startMany(ctx, 40, { priority: -10 });
  await until("the batch has begun", async () => (await startedIn(ctx)).length >= 2);
  const later: string[] = [];
  for (let turn = 0; turn < 5; turn++) {
    later.push(await start(ctx));
    await sleep(40);
  }
  await drained(ctx);
  const order = await startedIn(ctx);
  const place = (id: string) => order.indexOf(id);
  const lastLater = Math.max(...later.map(place));
  expect(batch.filter((id) => place(id) > lastLater).length).toBeGreaterThan(10);
});

test("runs with the same concurrency key never overlap; those with others, or none, do", async () => {
  const ctx = await tenantOf(5, 25);
  await Promise.all([
    startMany(ctx, 10, { concurrencyKey: "one" }),
    startMany(ctx, 10, { concurrencyKey: "two" }),
    startMany(ctx, 10),
  ]);
  await drained(ctx);
  const overlaps = async (condition: ReturnType<ReturnType<typeof rawClient>>) => {
    const [row] = await rawClient()<{ count: number }[]>`
      select count(*)::int as count from runs a join runs b on a.id < b.id and a.workspace_id = b.workspace_id
      where a.workspace_id = ${ctx.workspace.id} and a.started_at < b.finished_at and b.started_at < a.finished_at and ${condition}`;
    return row?.count ?? 0;
  };
  expect(await overlaps(rawClient()`a.concurrency_key = b.concurrency_key`)).toBe(0);
  expect(await overlaps(rawClient()`a.concurrency_key is distinct from b.concurrency_key`)).toBeGreaterThan(0);
  expect(await overlaps(rawClient()`a.concurrency_key is null and b.concurrency_key is null`)).toBeGreaterThan(0);
});
