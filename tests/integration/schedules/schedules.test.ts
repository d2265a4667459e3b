import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { CreateScheduleRequest, UpdateScheduleRequest } from "#/lib/contract/schedule.ts";
import { RunListRequest } from "#/lib/contract/run.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { changeSchedule, createSchedule, deleteSchedule } from "#/lib/schedules/change-schedules.ts";
import { getSchedule, listSchedules } from "#/lib/schedules/list-schedules.ts";
import { runSchedules } from "#/lib/schedules/run-schedules.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { pauseWorkflow, unpauseWorkflow } from "#/lib/workflows/pause-workflow.ts";
import { push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
afterAll(stopQueue);
let tenant: Tenant;
const input = { type: "object", required: ["n"], properties: { n: { type: "integer" } } };
const flow = { name: "flow", input, nodes: [{ id: "only", type: "transform", value: "{{ trigger.n }}" }] };

beforeEach(async () => {
  tenant = await createTenant();
  await push(tenant.system, "flow", flow);
});

const create = (more: object = {}, ctx: Ctx = tenant.system) =>
  createSchedule(ctx, CreateScheduleRequest.parse({ workflow: "flow", cron: "0 * * * *", payload: { n: 1 }, ...more }));
const change = (id: string, more: object, ctx: Ctx = tenant.system) =>
  changeSchedule(ctx, id, UpdateScheduleRequest.parse(more));
/** As if the schedule's tick had come so many seconds ago. */
const tickCame = (id: string, secondsAgo: number) =>
  rawClient()`update schedules set next_at = now() - ${`${secondsAgo} seconds`}::interval where id = ${id}`;
const runsOf = async (id: string, at: Tenant = tenant) =>
  (await listRuns(at.system, { filter: { schedule: id }, limit: 50, after: null })).data;

describe("a tick", () => {
  test("makes one run, of the latest version, with the schedule's payload and environment", async () => {
    const { id } = await create({ environment: "staging" });
    await tickCame(id, 1);
    await runSchedules();
    await runSchedules();
    const [run, ...more] = await runsOf(id);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ schedule: id, trigger: { kind: "schedule" }, environment: "staging", version: 1 });
    const after = await getSchedule(tenant.system, id);
    expect(after).toMatchObject({ lastRun: run?.id, lastError: null });
    expect(Date.parse(after.next[0] ?? "")).toBeGreaterThan(Date.now());
  });

  test("makes one run, however many take it at the same moment", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await create()).id);
    for (const id of ids) await tickCame(id, 1);
    const count = async () => (await Promise.all(ids.map((id) => runsOf(id)))).map((runs) => runs.length);
    // A turn may be over before every tick had its own.
    const attend = async () => {
      await Promise.all(Array.from({ length: 6 }, () => runSchedules()));
      return count();
    };
    await expect.poll(attend).toEqual(ids.map(() => 1));
    expect(await attend()).toEqual(ids.map(() => 1));
  });

  test("that was missed is skipped, or runs once and late", async () => {
    const [skips, catchesUp] = [
      await create({ cron: "* * * * *" }),
      await create({ cron: "* * * * *", catchUp: true }),
    ];
    for (const { id } of [skips, catchesUp]) await tickCame(id, 3600);
    await runSchedules();
    await runSchedules();
    expect([(await runsOf(skips.id)).length, (await runsOf(catchesUp.id)).length]).toEqual([0, 1]);
    for (const { id } of [skips, catchesUp]) {
      await tickCame(id, 1);
      await runSchedules();
    }
    expect([(await runsOf(skips.id)).length, (await runsOf(catchesUp.id)).length]).toEqual([1, 2]);
  });

  test("that can make no run says why, and the next one is tried", async () => {
    const { id } = await create();
    await pauseWorkflow(tenant.system, "flow", "broken");
    await tickCame(id, 1);
    await runSchedules();
    expect(await getSchedule(tenant.system, id)).toMatchObject({
      lastRun: null,
      lastError: { code: "workflow_paused" },
    });
    await unpauseWorkflow(tenant.system, "flow", undefined);
    await change(id, { payload: { n: "x" } });
    await tickCame(id, 1);
    await runSchedules();
    expect((await getSchedule(tenant.system, id)).lastError).toMatchObject({ code: "payload_invalid" });
    await change(id, { payload: { n: 2 } });
    await tickCame(id, 1);
    await runSchedules();
    expect(await getSchedule(tenant.system, id)).toMatchObject({
      lastError: null,
      lastRun: expect.stringMatching(/^run_/),
    });
    expect(await runsOf(id)).toHaveLength(1);
  });
});

describe("a schedule", () => {
  test("shows the next five times in its time zone; disabled it has none, and what was missed is not caught up", async () => {
    const schedule = await create({ cron: "0 9 * * *", timeZone: "Europe/Berlin", catchUp: true });
    expect(schedule.next).toHaveLength(5);
    for (const time of schedule.next)
      expect(
        new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", timeStyle: "short" }).format(new Date(time)),
      ).toBe("09:00");
    await tickCame(schedule.id, 10);
    expect(await change(schedule.id, { enabled: false })).toMatchObject({ enabled: false, next: [] });
    await runSchedules();
    expect((await change(schedule.id, { enabled: true })).next).toHaveLength(5);
    await runSchedules();
    expect(await runsOf(schedule.id)).toEqual([]);
    await deleteSchedule(tenant.system, schedule.id);
    await expect(getSchedule(tenant.system, schedule.id)).rejects.toMatchObject({ code: "not_found" });
  });

  test.each([
    [{ cron: "every day" }, "body.cron"],
    [{ cron: "0 0 30 2 *" }, "body.cron"],
    [{ timeZone: "Mars/Olympus" }, "body.timeZone"],
  ])("%j is refused", async (more, path) => {
    const refusal = { code: "validation_failed", fields: [{ path }] };
    await expect(create(more)).rejects.toMatchObject(refusal);
    const { id } = await create();
    await expect(change(id, more)).rejects.toMatchObject(refusal);
  });

  test("belongs to its workspace; an operator makes it, a viewer reads it", async () => {
    const [other, viewer, operator] = [await createTenant(), await tenant.as("viewer"), await tenant.as("operator")];
    const { id } = await create({}, operator);
    await expect(create({}, viewer)).rejects.toMatchObject({ code: "forbidden" });
    await expect(create({ workflow: "nowhere" })).rejects.toMatchObject({ code: "not_found" });
    await expect(create({}, other.system)).rejects.toMatchObject({ code: "not_found" });
    for (const refused of [
      () => getSchedule(other.system, id),
      () => change(id, { enabled: false }, other.system),
      () => deleteSchedule(other.system, id),
    ])
      await expect(refused()).rejects.toMatchObject({ code: "not_found" });
    expect((await listSchedules(viewer, { limit: 5, after: null })).data.map((each) => each.id)).toEqual([id]);
    expect((await listSchedules(other.system, { limit: 5, after: null })).data).toEqual([]);
    await expect(deleteSchedule(viewer, id)).rejects.toMatchObject({ code: "forbidden" });
  });
});

test("worked by two workers, each second makes one run that completes", async () => {
  const workers = [await startWorker(), await startWorker()];
  try {
    const { id } = await create({ cron: "* * * * * *" });
    await expect.poll(async () => (await runsOf(id)).length).toBeGreaterThanOrEqual(3);
    await change(id, { enabled: false });
    const runs = await runsOf(id);
    expect(new Set(runs.map(({ createdAt }) => createdAt.slice(0, 19))).size).toBe(runs.length);
    await expect.poll(async () => (await runsOf(id)).every(({ status }) => status === "completed")).toBe(true);
    expect(RunListRequest.safeParse({ schedule: id }).success).toBe(true);
  } finally {
    for (const worker of workers) await worker.stop();
  }
});
