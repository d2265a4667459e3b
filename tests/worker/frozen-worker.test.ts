import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import {
  chain,
  eventGaps,
  startFleet,
  statusOf,
  storedRun,
  toolNode,
  until,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  await push(fleet.tenant.system, "slow", {
    name: "slow",
    nodes: chain([toolNode("before", "GET", 0), toolNode("long", "GET", 700), toolNode("after", "POST", 0)]),
    output: "{{ nodes.after.output }}",
  });
  await push(fleet.tenant.system, "charges", {
    name: "charges",
    nodes: chain([toolNode("before", "GET", 0), toolNode("charge", "POST", 700), toolNode("after", "GET", 0)]),
  });
}, 60_000);
afterAll(() => fleet?.stop());

test("a worker that is frozen past its heartbeat and woken again writes nothing, sends nothing more, and is fit for new runs", async () => {
  const { tenant, tools } = fleet;
  const frozen = await fleet.addWorker();
  const slow = await Promise.all([1, 2, 3].map(() => triggerRun(tenant.system, "slow", {}, "api")));
  const charge = await triggerRun(tenant.system, "charges", {}, "api");
  const runs = [...slow, charge].map((run) => run.id);
  await until("all in their second step", () => runs.every((run) => tools.of(run).length === 2));
  process.kill(frozen.pid, "SIGSTOP");
  const other = await fleet.addWorker();

  for (const { id } of slow) {
    const run = await finished(tenant.system, id, 30_000);
    expect(run.status).toBe("completed");
    expect(tools.of(id)).toEqual(["before", "long", "long", "after"]);
  }
  const charged = await finished(tenant.system, charge.id, 30_000);
  expect(charged).toMatchObject({ status: "failed", error: { code: "unknown_outcome", nodeId: "charge" } });
  expect(tools.of(charge.id)).toEqual(["before", "charge"]);

  const stored = await Promise.all(runs.map(storedRun));
  process.kill(frozen.pid, "SIGCONT");
  await sleep(4000);
  expect(await Promise.all(runs.map(storedRun))).toEqual(stored);
  expect(tools.of(charge.id)).toEqual(["before", "charge"]);
  for (const run of runs) expect(await eventGaps(tenant.system, run)).toEqual([]);

  await other.stop();
  const next = await triggerRun(tenant.system, "slow", {}, "api");
  expect((await finished(tenant.system, next.id)).status).toBe("completed");
  expect(await statusOf(next.id)).toBe("completed");
}, 90_000);
