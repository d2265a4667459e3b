import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import {
  allFinal,
  readsAndCharges,
  eventGaps,
  runStates,
  startFleet,
  until,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ maxRunning: 20 });
  await push(fleet.tenant.system, "steps", readsAndCharges);
  await fleet.addWorker();
  await fleet.addWorker();
});
afterAll(() => fleet?.stop());

test("workers that lose every connection to the database again and again lose no run and repeat no mutating call", async () => {
  const { tenant, tools } = fleet;
  for (let n = 0; n < 30; n++) await triggerRun(tenant.system, "steps", {}, "api");
  let disconnected = 0;
  for (let n = 0; n < 6; n++) {
    await sleep(300);
    disconnected += await fleet.disconnectWorkers();
  }
  expect(disconnected).toBeGreaterThan(10);
  await until("all final", () => allFinal(tenant.workspace.id), 60_000);
  const states = await runStates(tenant.workspace.id);
  expect(states.length).toBe(30);
  expect(states.filter((run) => run.admitted || run.owner)).toEqual([]);
  for (const run of states) {
    expect([run.id, run.status, run.code]).toEqual([run.id, "completed", null]);
    expect(tools.of(run.id).filter((node) => node === "charge" || node === "last")).toEqual(["charge", "last"]);
    expect(await eventGaps(tenant.system, run.id)).toEqual([]);
  }
}, 90_000);
