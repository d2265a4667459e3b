import { afterAll, beforeAll, expect, test } from "vitest";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { rawClient } from "#/db/client.ts";
import { finished, push } from "#/tests/support/engine.ts";
import {
  chain,
  eventGaps,
  startFleet,
  statusOf,
  storedRun,
  toolNode,
  until,
  workerApplication,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await push(fleet.tenant.system, "slow", {
    name: "slow",
    nodes: chain([toolNode("before", "GET", 0), toolNode("long", "GET", "held"), toolNode("after", "POST", 0)]),
    output: "{{ nodes.after.output }}",
  });
  await push(fleet.tenant.system, "ends", {
    name: "ends",
    nodes: [toolNode("only", "GET", 300)],
    output: "{{ nodes.only.output }}",
  });
  await push(fleet.tenant.system, "backs-off", {
    name: "backs-off",
    nodes: [toolNode("silent", "GET", 20_000, { timeoutMs: 300, retry: { maxAttempts: 2, backoffMs: 16_000 } })],
  });
  await push(fleet.tenant.system, "charges", {
    name: "charges",
    nodes: chain([toolNode("before", "GET", 0), toolNode("charge", "POST", "held"), toolNode("after", "GET", 0)]),
  });
});
afterAll(() => fleet?.stop());

test("a worker that is frozen past its heartbeat and woken again writes nothing, sends nothing more, and is fit for new runs", async () => {
  const { tenant, tools } = fleet;
  const frozen = await fleet.addWorker();
  const slow = await Promise.all([1, 2, 3].map(() => triggerRun(tenant.system, "slow", {}, "api")));
  const charge = await triggerRun(tenant.system, "charges", {}, "api");
  const runs = [...slow, charge].map((run) => run.id);
  await until("all in their second step", () => runs.every((run) => tools.of(run).length === 2));
  process.kill(frozen.pid, "SIGSTOP");
  // The answers reach its sockets, where it finds them when it is woken.
  tools.release();
  await fleet.expireLeases();
  const other = await fleet.addWorker();

  for (const { id } of slow) {
    const run = await finished(tenant.system, id);
    expect(run.status).toBe("completed");
    expect(tools.of(id)).toEqual(["before", "long", "long", "after"]);
  }
  const charged = await finished(tenant.system, charge.id);
  expect(charged).toMatchObject({ status: "failed", error: { code: "unknown_outcome", nodeId: "charge" } });
  expect(tools.of(charge.id)).toEqual(["before", "charge"]);

  const stored = await Promise.all(runs.map(storedRun));
  const saidBefore = frozen.log().length;
  process.kill(frozen.pid, "SIGCONT");
  await until("it has let go of all of them", () => runs.every((run) => frozen.log().includes(run, saidBefore)));
  expect(await Promise.all(runs.map(storedRun))).toEqual(stored);
  expect(tools.of(charge.id)).toEqual(["before", "charge"]);
  for (const run of runs) expect(await eventGaps(tenant.system, run)).toEqual([]);

  await other.stop();
  const next = await triggerRun(tenant.system, "slow", {}, "api");
  expect((await finished(tenant.system, next.id)).status).toBe("completed");
  expect(await statusOf(next.id)).toBe("completed");
}, 90_000);

test("a worker that is frozen inside of a transaction keeps its locks from nobody for longer than 5 s", async () => {
  const { tenant, tools } = fleet;
  const frozen = await fleet.addWorker();
  const { id } = await triggerRun(tenant.system, "ends", {}, "api");
  await until("in its only step", () => tools.of(id).length === 1);
  const heldUp = async () => {
    const rows = await rawClient()`select pid from pg_stat_activity where datname = current_database()
      and application_name = ${workerApplication} and state = 'active' and xact_start < now() - interval '0.5 s'`;
    return rows.length > 0;
  };
  // Holds the end of the run up where its transaction has the workspace's lock already: it writes the output last.
  await rawClient().begin(async (tx) => {
    await tx`select 1 from run_bodies where run_id = ${id} for update`;
    await until("the end of the run is held up", heldUp);
    process.kill(frozen.pid, "SIGSTOP");
  });
  // Needs the lock that the frozen worker has; without the limit it would wait until the worker is woken.
  const accepted = await triggerRun(tenant.system, "ends", {}, "api");
  process.kill(frozen.pid, "SIGCONT");
  for (const run of [id, accepted.id])
    expect(await finished(tenant.system, run)).toMatchObject({ status: "completed" });
  expect(tools.of(id)).toEqual(["only"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
}, 90_000);

test("a worker that is frozen before its next attempt does not make it when it is woken: another has", async () => {
  const { tenant, tools } = fleet;
  await Promise.all(fleet.workers.map((worker) => worker.stop()));
  const holder = await fleet.addWorker();
  const { id } = await triggerRun(tenant.system, "backs-off", {}, "api");
  const attempted = async () =>
    (await rawClient()`select 1 from spans where run_id = ${id} and key = 'silent#1'`).length > 0;
  await until("its first attempt is written, and it waits for the next", attempted);
  process.kill(holder.pid, "SIGSTOP");
  await fleet.expireLeases();
  const other = await fleet.addWorker();
  expect(await finished(tenant.system, id)).toMatchObject({ status: "failed", error: { code: "timed_out" } });
  expect(tools.of(id)).toEqual(["silent", "silent"]);
  await other.stop();

  process.kill(holder.pid, "SIGCONT");
  const next = await triggerRun(tenant.system, "ends", {}, "api");
  await finished(tenant.system, next.id);
  expect(tools.of(id)).toEqual(["silent", "silent"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
}, 90_000);
