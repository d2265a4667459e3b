import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { startProvider, type Provider } from "#/lib/demo/provider/server.ts";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { pauseRun } from "#/lib/runs/pause-run.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { resumeRun } from "#/lib/runs/resume-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import {
  chain,
  eventGaps,
  isFinished,
  runStates,
  startFleet,
  statusOf,
  toolNode,
  until,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

const finals = ["run.completed", "run.failed", "run.cancelled"];
let fleet: Fleet;
let provider: Provider;
let worker: BackgroundProcess;
beforeAll(async () => {
  provider = await startProvider({ speed: 0 });
  const host = new URL(provider.url).host;
  fleet = await startFleet({
    slots: 20,
    env: { REPRISE_EGRESS_ALLOW: host, ANTHROPIC_API_KEY: "test", ANTHROPIC_BASE_URL: provider.url },
  });
  const { system } = fleet.tenant;
  await push(system, "three", {
    name: "three",
    nodes: chain([toolNode("one", "GET", 400), toolNode("two", "POST", 100), toolNode("three", "GET", 0)]),
  });
  await push(system, "race", { name: "race", nodes: [toolNode("only", "GET", "{{ trigger.ms }}")] });
  await push(system, "stalls", {
    name: "stalls",
    nodes: [
      {
        id: "ask",
        type: "model",
        model: "anthropic:claude-haiku-4-5",
        prompt: { text: "Say something. [[fault:stall]]" },
      },
      { ...toolNode("never", "POST", 0), needs: ["ask"] },
    ],
  });
  worker = await fleet.addWorker();
});
afterAll(async () => {
  await fleet?.stop();
  await provider?.close();
});

test("a cancel closes the provider's socket, which would stay open for ever, and nothing starts behind it", async () => {
  const { tenant, tools } = fleet;
  const { id } = await triggerRun(tenant.system, "stalls", {}, "api");
  await until("the model was asked", () => provider.journal().length > 0);
  await sleep(300);
  expect(provider.journal().at(-1)?.aborted).toBe(false);
  await cancelRun(tenant.system, id);
  await until("the socket is closed", () => provider.journal().at(-1)?.aborted === true);
  const run = await finished(tenant.system, id);
  expect(run).toMatchObject({ status: "cancelled", statusReason: "user" });
  const { data: steps } = await listSteps(tenant.system, id);
  expect(steps.map((step) => [step.nodeId, step.status])).toEqual([["ask", "cancelled"]]);
  expect(tools.of(id)).toEqual([]);
  await expect(cancelRun(tenant.system, id)).rejects.toMatchObject({ code: "run_final" });
});

test("a pause lets the step in flight end and gives up the slot; a resume goes on behind it", async () => {
  const { tenant, tools } = fleet;
  const { id } = await triggerRun(tenant.system, "three", {}, "api");
  await until("in its first step", () => tools.of(id).length === 1);
  await pauseRun(tenant.system, id);
  await until("paused", async () => (await statusOf(id)) === "paused");
  expect(tools.of(id)).toEqual(["one"]);
  const paused = (await runStates(tenant.workspace.id)).find((run) => run.id === id);
  expect(paused).toMatchObject({ admitted: false, owner: null });
  await sleep(300);
  expect(tools.of(id)).toEqual(["one"]);
  await resumeRun(tenant.system, id);
  expect((await finished(tenant.system, id)).status).toBe("completed");
  expect(tools.of(id)).toEqual(["one", "two", "three"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
});

test("a pause that is taken back before the step in flight ended does not leave the run paused", async () => {
  const { tenant, tools } = fleet;
  const { id } = await triggerRun(tenant.system, "three", {}, "api");
  await until("in its first step", () => tools.of(id).length === 1);
  await pauseRun(tenant.system, id);
  await sleep(100);
  await resumeRun(tenant.system, id);
  expect((await finished(tenant.system, id)).status).toBe("completed");
  expect(tools.of(id)).toEqual(["one", "two", "three"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
});

test("a cancel on top of a pause wins, whenever it comes", async () => {
  const { tenant, tools } = fleet;
  for (const wait of [0, 150, 330, 400, 430]) {
    const { id } = await triggerRun(tenant.system, "three", {}, "api");
    await until("in its first step", () => tools.of(id).length === 1);
    await pauseRun(tenant.system, id);
    await sleep(wait);
    await cancelRun(tenant.system, id);
    expect(await finished(tenant.system, id)).toMatchObject({ status: "cancelled" });
    expect(await eventGaps(tenant.system, id)).toEqual([]);
  }
});

test("a run that was paused while queued, and resumed, has several jobs in the queue and is executed once", async () => {
  const { tenant, tools } = fleet;
  process.kill(worker.pid, "SIGSTOP");
  const { id } = await triggerRun(tenant.system, "three", {}, "api");
  for (let n = 0; n < 3; n++) {
    await pauseRun(tenant.system, id);
    expect(await statusOf(id)).toBe("paused");
    await resumeRun(tenant.system, id);
  }
  process.kill(worker.pid, "SIGCONT");
  expect((await finished(tenant.system, id)).status).toBe("completed");
  expect(tools.of(id)).toEqual(["one", "two", "three"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
});

test("a run that exceeds its maximum duration fails as timed out, and its call is stopped", async () => {
  const { tenant, tools } = fleet;
  const { id } = await triggerRun(tenant.system, "race", { payload: { ms: 10_000 }, maxDurationMs: 1000 }, "api");
  const run = await finished(tenant.system, id);
  expect(run).toMatchObject({ status: "failed", statusReason: "timed_out", error: { code: "timed_out" } });
  expect(run.durationMs).toBeGreaterThanOrEqual(1000);
  expect(run.durationMs).toBeLessThan(10_000);
  expect(tools.log.find((request) => request.run === id)?.aborted).toBe(true);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
});

test("a cancel that races the completion leaves one final state, 200 times of 200", async () => {
  const { tenant, tools } = fleet;
  const outcomes = new Map<string, number>();
  // Moves towards the moment at which the two meet, wherever this machine has it.
  let delay = 0;
  const race = async () => {
    const { id } = await triggerRun(tenant.system, "race", { payload: { ms: 200 } }, "api");
    await until("its call is made", () => tools.of(id).length === 1);
    await sleep(delay);
    const cancelled = await cancelRun(tenant.system, id).then(
      () => "accepted",
      (error: { code: string }) => error.code,
    );
    expect(["accepted", "run_final"]).toContain(cancelled);
    await until("it is final", () => isFinished(id));
    const status = await statusOf(id);
    outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
    delay = Math.max(0, delay + (status === "cancelled" ? 10 : -7));
    const events = (await readEvents(tenant.system, id, 0)).data.filter((event) => finals.includes(event.type));
    expect(events.map((event) => event.type)).toEqual([`run.${status}`]);
    expect(await eventGaps(tenant.system, id)).toEqual([]);
  };
  for (let wave = 0; wave < 20; wave++) await Promise.all(Array.from({ length: 10 }, race));
  expect([...outcomes.keys()].toSorted()).toEqual(["cancelled", "completed"]);
  const [open] =
    await rawClient()`select count(*)::int as n from runs where admitted_at is not null or finished_at is null`;
  expect(open).toEqual({ n: 0 });
}, 90_000);
