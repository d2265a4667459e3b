import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { chain, eventGaps, startFleet, toolNode, until, type Fleet } from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  const step = (id: string, index: number) => toolNode(id, index % 2 === 0 ? "GET" : "POST", 250);
  await push(fleet.tenant.system, "steps", {
    name: "steps",
    nodes: chain(["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"].map(step)),
  });
  await push(fleet.tenant.system, "endless", {
    name: "endless",
    nodes: chain([toolNode("quick", "POST", 0), toolNode("endless", "GET", "60000,0", { timeoutMs: 90_000 })]),
  });
});
afterAll(() => fleet?.stop());

test("SIGTERM lets the steps in flight end and hands the runs on: each step is made once", async () => {
  const { tenant, tools } = fleet;
  const first = await fleet.addWorker();
  const accepted = await Promise.all(Array.from({ length: 8 }, () => triggerRun(tenant.system, "steps", {}, "api")));
  await until("all in their third step", () => accepted.every((run) => tools.of(run.id).length >= 3));
  const second = await fleet.addWorker();
  process.kill(first.pid, "SIGTERM");
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(tools.log.filter(({ aborted }) => aborted)).toEqual([]);
  for (const { id } of accepted) {
    expect(await finished(tenant.system, id)).toMatchObject({ status: "completed" });
    expect(tools.of(id)).toEqual(["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"]);
    expect(await eventGaps(tenant.system, id)).toEqual([]);
  }
  // Handed on, not lost: no job went back to the queue because its lease ran out.
  const [retried] = await rawClient()`select count(*)::int as n from pgboss.job where retry_count > 0`;
  expect(retried).toEqual({ n: 0 });
  await second.stop();
});

test("a step that outlasts the drain is stopped before its end and made again by the next worker", async () => {
  const { tenant, tools } = fleet;
  const first = await fleet.addWorker();
  const { id } = await triggerRun(tenant.system, "endless", {}, "api");
  await until("in its long step", () => tools.of(id).length === 2);
  process.kill(first.pid, "SIGTERM");
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(tools.log.find((request) => request.run === id && request.node === "endless")?.aborted).toBe(true);
  await fleet.addWorker();
  expect(await finished(tenant.system, id)).toMatchObject({ status: "completed" });
  expect(tools.of(id)).toEqual(["quick", "endless", "endless"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
}, 90_000);
