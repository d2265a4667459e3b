import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { claimRun, ownerToken } from "#/lib/runs/claim-store.ts";
import { openSession } from "#/lib/runs/open-session.ts";
import { RunLost } from "#/lib/runs/span-writer.ts";
import { migrateQueue } from "#/lib/queue/boss.ts";
import { buryRun, restoreLostJobs, sweepAdmissions } from "#/lib/runs/sweep.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import {
  allFinal,
  eventGaps,
  readsAndCharges,
  runStates,
  startFleet,
  storedRun,
  until,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
const workers: BackgroundProcess[] = [];
beforeAll(async () => {
  fleet = await startFleet({ maxRunning: 4 });
  await push(fleet.tenant.system, "steps", readsAndCharges);
});
afterAll(() => fleet?.stop());

const start = async () => (await triggerRun(fleet.tenant.system, "steps", {}, "api")).id;

test("a run whose retries are spent is buried: failed as crashed, its open steps closed, its slot passed on, its holder shut out", async () => {
  const { tenant } = fleet;
  const ids = [await start(), await start(), await start(), await start(), await start()];
  const [buried = "", last = ""] = [ids[0], ids[4]];
  const claimed = await claimRun(buried, ownerToken("3f0f1d38-0000-0000-0000-000000000000"));
  const session = await openSession(claimed!, claimed!.run.owner!);
  const draft = { key: "read", kind: "tool", nodeId: "read", name: "GET" } as const;
  await session.writer.append({ ...draft, status: "completed" });
  const open = await session.writer.start({ ...draft, key: "charge", nodeId: "charge" });
  expect((await runStates(tenant.workspace.id)).find((run) => run.id === last)?.admitted).toBe(false);

  await buryRun({ runId: buried, workspaceId: tenant.workspace.id });
  const run = await finished(tenant.system, buried);
  expect(run).toMatchObject({ status: "failed", statusReason: "crashed", error: { code: "crashed" } });
  const states = await runStates(tenant.workspace.id);
  expect(states.find((state) => state.id === buried)).toMatchObject({ admitted: false, owner: null });
  expect(states.find((state) => state.id === last)?.admitted).toBe(true);
  const spans = await rawClient()`select key, status from spans where run_id = ${buried} order by seq`;
  expect([...spans]).toEqual([
    { key: "read", status: "completed" },
    { key: "charge", status: "cancelled" },
  ]);
  expect(await eventGaps(tenant.system, buried)).toEqual([]);

  const stored = await storedRun(buried);
  await expect(session.writer.update(open, { status: "completed" })).rejects.toThrow(RunLost);
  await expect(session.writer.append({ ...draft, key: "later" })).rejects.toThrow(RunLost);
  await buryRun({ runId: buried, workspaceId: tenant.workspace.id });
  expect(await storedRun(buried)).toBe(stored);
});

test("runs that have a slot and no job get a new one; those that have a job are left alone", async () => {
  const { tenant } = fleet;
  expect(await restoreLostJobs(0)).toBe(0);
  const held = (await runStates(tenant.workspace.id)).filter((run) => run.admitted);
  expect(held.length).toBe(4);
  await rawClient()`delete from pgboss.job`;
  expect(await restoreLostJobs(0)).toBe(4);
  expect(await restoreLostJobs(0)).toBe(0);
  workers.push(await fleet.addWorker());
  await until("all final", () => allFinal(tenant.workspace.id));
  for (const run of held) expect(fleet.tools.of(run.id)).toEqual(["read", "charge", "again", "last"]);
});

test("a slot that was lost without a trace is found by the sweep", async () => {
  const { tenant } = fleet;
  const sql = rawClient();
  await sql`update workspaces set max_running = 1 where id = ${tenant.workspace.id}`;
  const ids = [await start(), await start(), await start()];
  // As if a process had died between ending a run and admitting the next: there is room, and nobody was told.
  await sql`update workspaces set max_running = 4 where id = ${tenant.workspace.id}`;
  expect(await sweepAdmissions()).toBe(2);
  for (const id of ids) expect((await finished(tenant.system, id)).status).toBe("completed");
});

test("a run that loses its third worker ends as crashed, in an installation from before that rule too", async () => {
  const { tenant, tools } = fleet;
  await Promise.all(workers.map((worker) => worker.stop()));
  await rawClient()`update pgboss.queue set retry_limit = 5 where name = 'runs'`;
  await migrateQueue(process.env["DATABASE_URL"] ?? "");
  const victim = await fleet.addWorker();
  const id = await start();
  await until("in its slow step", () => tools.of(id).length === 3);
  // As if two had been lost before.
  await rawClient()`update pgboss.job set retry_count = 2 where data->>'runId' = ${id}`;
  process.kill(victim.pid, "SIGKILL");
  await victim.exited;
  await fleet.expireLeases();
  workers.push(await fleet.addWorker());
  const run = await finished(tenant.system, id);
  expect(run).toMatchObject({ status: "failed", statusReason: "crashed", error: { code: "crashed" } });
  expect(tools.of(id)).toEqual(["read", "charge", "again"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
});
