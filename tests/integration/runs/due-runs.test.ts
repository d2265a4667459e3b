import { afterAll, beforeAll, expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { dueRuns, runsWithVersion } from "#/lib/runs/wait-store.ts";
import { wakeDueRuns } from "#/lib/runs/wake-runs.ts";
import { superviseQueue, stopQueue } from "#/lib/queue/boss.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
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
