import { afterAll, beforeAll, expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { longAdmitted } from "#/lib/runs/claim-store.ts";
import { workspacesWithBacklog } from "#/lib/runs/admission-store.ts";
import { findRun } from "#/lib/runs/run-store.ts";
import { sweepAdmissions } from "#/lib/runs/sweep.ts";
import { dueRuns, runsWithVersion } from "#/lib/runs/wait-store.ts";
import { settleAwaitedVersions } from "#/lib/workflows/version-store.ts";
import { wakeDueRuns } from "#/lib/runs/wake-runs.ts";
import { superviseQueue, stopQueue } from "#/lib/queue/boss.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { rowsRead } from "#/tests/support/rows-read.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
beforeAll(superviseQueue);
afterAll(stopQueue);

const flow = { name: "flow", nodes: [{ id: "one", type: "transform", value: 1 }] };

async function delayed(tenant: Tenant, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at++) ids.push((await triggerRun(tenant.system, "flow", { delay: "1h" }, "api")).id);
  return ids;
}

const overdue = (tenant: Tenant, seconds: number) => rawClient()`
  update runs set due_at = now() - make_interval(secs => ${seconds}), start_at = now() - make_interval(secs => ${seconds})
  where workspace_id = ${tenant.workspace.id}`;

const reasonOf = async (id: string | undefined) =>
  (await rawClient()<{ reason: string }[]>`select status_reason as reason from runs where id = ${id ?? ""}`)[0]?.reason;

test("what one workspace has due, or has locked, keeps no other waiting", async () => {
  const [many, few] = [await createTenant(), await createTenant()];
  for (const { system } of [many, few]) await push(system, "flow", flow);
  await delayed(many, 6);
  const [id] = await delayed(few, 1);
  await overdue(many, 600);
  await overdue(few, 1);
  const workspacesOf = async (limit: number, except: string[]) =>
    (await dueRuns(database(), limit, except)).map(({ workspaceId }) => workspaceId);
  expect((await workspacesOf(2, [])).toSorted()).toEqual([many.workspace.id, few.workspace.id].toSorted());
  expect(await workspacesOf(20, [many.workspace.id])).toEqual([few.workspace.id]);
  expect(await workspacesOf(20, [])).toHaveLength(7);
  await rawClient().begin(async (sql) => {
    await sql`select 1 from workspaces where id = ${many.workspace.id} for update`;
    await wakeDueRuns();
    expect(await reasonOf(id)).toBe("queued");
  });
});

test("runs whose version was pushed are let go in turns of their workspaces", async () => {
  const [many, few] = [await createTenant(), await createTenant()];
  for (const { system } of [many, few]) await push(system, "flow", flow);
  for (const tenant of [many, many, many, few]) await triggerRun(tenant.system, "flow", { version: 2 }, "api");
  for (const { system } of [many, few])
    await push(system, "flow", { ...flow, nodes: [{ id: "one", type: "transform", value: 2 }] }, true);
  const found = await runsWithVersion(database(), 2, []);
  expect(new Set(found.map(({ workspaceId }) => workspaceId)).size).toBe(2);
  expect(await runsWithVersion(database(), 20, [many.workspace.id])).toHaveLength(1);
});

/** As many more runs of the workspace like this one as make a backlog; `set` says what differs. */
async function manyLike(id: string, set: Record<string, string | Date | null>): Promise<void> {
  await rawClient()`
    insert into runs select (json_populate_record(r, (${JSON.stringify(set)}::text::jsonb
      || jsonb_build_object('id', r.id || '-' || n, 'root_run', r.id || '-' || n))::json)).*
    from runs r, generate_series(1, ${backlog}) n where r.id = ${id}`;
  await rawClient()`analyze runs`;
}
const backlog = 1500;
const limit = 20;
const past = (seconds: number) => new Date(Date.now() - seconds * 1000);

test("what every worker looks for over and over costs what it finds, however many runs wait", async () => {
  await rawClient()`delete from runs`;
  const [many, few] = [await createTenant(), await createTenant()];
  for (const { system } of [many, few]) await push(system, "flow", flow);
  const trigger = async ({ system }: Tenant, options: object = {}) =>
    (await triggerRun(system, "flow", options, "api")).id;

  const late = await trigger(many, { delay: "1h" });
  await trigger(few, { delay: "1h" });
  await overdue(many, 600);
  await overdue(few, 1);
  await manyLike(late, {});
  let due: { workspaceId: string }[] = [];
  expect(await rowsRead(async (tx) => (due = await dueRuns(tx, limit, [])))).toBeLessThan(limit * 20);
  expect(due).toHaveLength(limit);
  expect(due.filter(({ workspaceId }) => workspaceId === few.workspace.id)).toHaveLength(1);
  expect(await rowsRead((tx) => dueRuns(tx, limit, [many.workspace.id]))).toBeLessThan(limit * 20);

  const early = await trigger(many, { version: 3 });
  const soon = await trigger(many, { version: 2 });
  await manyLike(early, {});
  expect(await rowsRead((tx) => runsWithVersion(tx, limit, []))).toBeLessThan(limit * 20);
  await push(many.system, "flow", { ...flow, nodes: [{ id: "two", type: "transform", value: 2 }] }, true);
  expect(await runsWithVersion(database(), limit, [])).toEqual([{ id: soon, workspaceId: many.workspace.id }]);
  await push(many.system, "flow", { ...flow, nodes: [{ id: "three", type: "transform", value: 3 }] }, true);
  let ready: unknown[] = [];
  expect(await rowsRead(async (tx) => (ready = await runsWithVersion(tx, limit, [])))).toBeLessThan(limit * 20);
  expect(ready).toHaveLength(limit);

  // Of a workspace with nothing but such runs nothing can be admitted, and that is seen at once.
  await rawClient()`delete from runs where id = ${soon}`;
  expect(await rowsRead((tx) => workspacesWithBacklog(tx, limit, []))).toBeLessThan(100);
  const held = await trigger(few);
  await manyLike(held, { admitted_at: past(600) });
  let page = await longAdmitted(database(), 60, { limit, after: null });
  expect(await rowsRead(async (tx) => (page = await longAdmitted(tx, 60, { limit, after: page.next })))).toBeLessThan(
    limit * 2,
  );
  expect(page.runs).toHaveLength(limit);
});

test("a version is awaited as long as a run waits for it, and for ten minutes", async () => {
  const { system } = await createTenant();
  await push(system, "flow", flow);
  const awaited = async () => {
    await settleAwaitedVersions(database());
    const rows = await rawClient()<{ version: number }[]>`select version from workflow_versions
      where workspace_id = ${system.workspace.id} and awaited order by version`;
    return rows.map(({ version }) => version);
  };
  await triggerRun(system, "flow", { version: 2 }, "api");
  for (const value of [2, 3])
    await push(system, "flow", { ...flow, nodes: [{ id: "one", type: "transform", value }] }, true);
  expect(await awaited()).toEqual([1, 2, 3]);
  await rawClient()`update workflow_versions set created_at = now() - interval '11 minutes'`;
  expect(await awaited()).toEqual([2]);
  await rawClient()`update runs set version_id = (select id from workflow_versions v
    where v.workflow_id = runs.workflow_id and v.version = 2) where workspace_id = ${system.workspace.id}`;
  expect(await awaited()).toEqual([]);
});

test("a workspace whose runs cannot be admitted keeps no other from being swept", async () => {
  const tenants = [await createTenant(), await createTenant(), await createTenant()];
  for (const { system, workspace } of tenants) {
    await push(system, "flow", flow);
    await rawClient()`update workspaces set max_running = 1 where id = ${workspace.id}`;
    for (let n = 0; n < 2; n++) await triggerRun(system, "flow", {}, "api");
    await rawClient()`update workspaces set max_running = 2 where id = ${workspace.id}`;
  }
  const broken = tenants[0]?.workspace.id ?? "";
  await rawClient().unsafe(`
    create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
    create trigger refuse before update on runs for each row when (new.workspace_id = '${broken}') execute function refuse()`);
  try {
    expect(await sweepAdmissions()).toBe(2);
  } finally {
    await rawClient().unsafe("drop trigger refuse on runs; drop function refuse");
  }
  expect(await sweepAdmissions()).toBe(1);
});

test("a run's steps are counted without reading what is inside them", async () => {
  const { system, workspace } = await createTenant();
  await push(system, "flow", flow);
  const { id } = await triggerRun(system, "flow", {}, "api");
  await rawClient()`insert into spans (id, workspace_id, run_id, parent_id, key, kind, node_id, name, status, seq, start_rev, rev)
    select 'span_' || n, ${workspace.id}, ${id}, case when n > 2 then 'span_1' end, 'k' || n, 'item', 'one', 'one',
      'completed', n, n, n from generate_series(1, ${backlog}) n`;
  await rawClient()`analyze spans`;
  let run: Awaited<ReturnType<typeof findRun>> = null;
  expect(await rowsRead(async (tx) => (run = await findRun(tx, workspace.id, id)))).toBeLessThan(20);
  expect(run).toMatchObject({ steps: 2 });
});
