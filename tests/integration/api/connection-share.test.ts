import { expect, test } from "vitest";
import { database, databaseOf, rawClient } from "#/db/client.ts";
import { createBatch } from "#/lib/batches/create-batch.ts";
import { BatchRequest } from "#/lib/contract/batch.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const api = restApi();

/** A tenant with a workflow `flow`, and a key of every scope. */
async function tenantWithFlow() {
  const tenant = await createTenant();
  await push(tenant.system, "flow", { name: "flow", nodes: [{ id: "one", type: "transform", value: 1 }] });
  const { secret } = await createApiKey(tenant.system, { name: "all", scopes: ["admin", "runs:write"] });
  return { tenant, trigger: () => api.call("POST", "/workflows/flow/runs", { key: secret, body: {} }) };
}

/** Holds the lock of a workspace until it is let go. */
async function holdWorkspace({ workspace }: Tenant): Promise<() => Promise<unknown>> {
  let letGo = () => {};
  const over = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld = () => {};
  const held = new Promise<void>((resolve) => (isHeld = resolve));
  const holding = rawClient().begin(async (sql) => {
    await sql`select id from workspaces where id = ${workspace.id} for update`;
    isHeld();
    await over;
  });
  await held;
  return () => {
    letGo();
    return holding;
  };
}

async function waitingForLocks(): Promise<number> {
  const [row] = await rawClient()<{ count: number }[]>`select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}

test("writes that wait for their workspace's lock hold a share of the connections, and no other workspace waits", async () => {
  const [held, other] = [await tenantWithFlow(), await tenantWithFlow()];
  const letGo = await holdWorkspace(held.tenant);
  const waiting = Array.from({ length: 30 }, () => held.trigger());
  await expect.poll(waitingForLocks).toBe(4);
  const others = await Promise.all(Array.from({ length: 5 }, () => other.trigger()));
  expect(others.map(({ status }) => status)).toEqual(Array<number>(5).fill(202));
  expect(await waitingForLocks()).toBe(4);
  await letGo();
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(202);
});

test("runs that end while their workspace's lock is held hold a share of the connections, and other runs go on", async () => {
  const [held, other] = [await tenantWithFlow(), await tenantWithFlow()];
  const ended = await Promise.all(Array.from({ length: 25 }, () => held.trigger()));
  const letGo = await holdWorkspace(held.tenant);
  const worker = await startWorker(40);
  await expect.poll(waitingForLocks).toBe(4);
  const { body } = await other.trigger();
  expect((await finished(other.tenant.system, body.id)).status).toBe("completed");
  expect(await waitingForLocks()).toBe(4);
  await letGo();
  for (const { body: one } of ended) expect((await finished(held.tenant.system, one.id)).status).toBe("completed");
  await worker.stop();
});

test("runs that are cancelled together, or with their batch, are cancelled one by one, also below an idempotency key", async () => {
  const tenant = await createTenant();
  await push(tenant.system, "flow", { name: "flow", nodes: [{ id: "one", type: "transform", value: 1 }] });
  const scopes = ["admin", "runs:write", "runs:read", "replays:write"] as const;
  const { secret } = await createApiKey(tenant.system, { name: "all", scopes: [...scopes] });
  const runIds: string[] = [];
  for (let n = 0; n < 3; n++) runIds.push((await triggerRun(tenant.system, "flow", { delay: "1h" }, "api")).id);
  const cancel = () =>
    api.call("POST", "/runs/cancel", { key: secret, body: { runIds }, headers: { "idempotency-key": "all-of-them" } });
  /** Two of three are cancelled while the last one is locked. */
  const whileLocked = async (ids: string[], ask: typeof cancel) => {
    let asked: ReturnType<typeof cancel> | undefined;
    await rawClient().begin(async (sql) => {
      await sql`select from runs where id = ${ids[2] ?? ""} for update`;
      asked = ask();
      const ended = async () =>
        (await rawClient()`select from runs where id = any(${ids}) and status = 'cancelled'`).length;
      await expect.poll(ended).toBe(2);
    });
    return asked;
  };
  const first = await whileLocked(runIds, cancel);
  expect(first).toMatchObject({ status: 200, body: { cancelled: runIds, notCancellable: [] } });
  const again = await cancel();
  expect(again.body).toEqual(first?.body);
  expect(again.headers.get("idempotent-replayed")).toBe("true");

  const { id } = await createBatch(tenant.system, BatchRequest.parse({ runIds: ["run_gone"] }));
  const replays: string[] = [];
  for (let n = 0; n < 3; n++) replays.push((await triggerRun(tenant.system, "flow", { delay: "1h" }, "api")).id);
  await rawClient()`update runs set batch_id = ${id} where id = any(${replays})`;
  const abort = () =>
    api.call("POST", `/replay-batches/${id}/abort?cancelRuns=true`, {
      ...{ key: secret, headers: { "idempotency-key": "the-batch" } },
    });
  const aborted = await whileLocked(replays.toSorted(), abort);
  expect(aborted).toMatchObject({ status: 200, body: { status: "aborted", runCounts: { cancelled: 3 } } });
  expect((await abort()).body).toEqual(aborted?.body);
});

test("the handle of a workspace is the pool in all but that: what fails leaves its place", async () => {
  const own = databaseOf("ws_x");
  const failing = Array.from({ length: 9 }, () =>
    own.transaction(async () => {
      throw new Error("no");
    }),
  );
  for (const { status } of await Promise.allSettled(failing)) expect(status).toBe("rejected");
  expect(await own.transaction(async (tx) => (await tx.execute("select 1 as one"))[0])).toEqual({ one: 1 });
  expect((await own.execute("select 2 as two"))[0]).toEqual((await database().execute("select 2 as two"))[0]);
});
