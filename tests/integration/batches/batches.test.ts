import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { advanceBatches } from "#/lib/batches/advance-batches.ts";
import { abortBatch, pauseBatch, resumeBatch, retryBatch } from "#/lib/batches/control-batch.ts";
import { createBatch } from "#/lib/batches/create-batch.ts";
import { getBatch, listBatches } from "#/lib/batches/get-batch.ts";
import { listBatchItems } from "#/lib/batches/list-batch-items.ts";
import { preflightBatch } from "#/lib/batches/preflight-batch.ts";
import { BatchRequest } from "#/lib/contract/batch.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { resolveApiKey } from "#/lib/tenancy/resolve-api-key.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { changeWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { rowsRead } from "#/tests/support/rows-read.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const definition = { name: "flow", nodes: [{ id: "only", type: "transform", value: 1 }] };
afterAll(stopQueue);
afterEach(async () => {
  const wrong = await rawClient()`select id from replay_batches b where queued <>
    (select count(*) from replay_batch_items i where i.batch_id = b.id and i.status = 'queued') and id not like 'batch_many%'`;
  expect(wrong).toEqual([]);
});

/** A workspace with runs that have ended, without a worker: they were cancelled while they waited. */
async function stage(ended: number): Promise<Tenant & { runs: string[] }> {
  const tenant = await createTenant();
  await push(tenant.system, "flow", definition);
  const runs: string[] = [];
  for (let n = 0; n < ended; n++) runs.push(await endedRun(tenant.system));
  return { ...tenant, runs };
}

async function endedRun(ctx: Ctx): Promise<string> {
  const { id } = await triggerRun(ctx, "flow", { payload: { n: 1 }, tags: ["mine"] }, "api");
  await cancelRun(ctx, id);
  return id;
}

const create = (ctx: Ctx, request: object) => createBatch(ctx, BatchRequest.parse(request));

/** Looks at every batch now, as its leader does when their time has come. */
async function advance(): Promise<void> {
  await rawClient()`update replay_batches set next_at = now() - interval '1 second' where status = 'running'`;
  await advanceBatches();
}

/** Looks at every batch until this one's items are as expected: a turn may end before its work does. */
async function advanceUntil(ctx: Ctx, id: string, counts: object): Promise<void> {
  await expect.poll(async () => (await advance(), (await getBatch(ctx, id)).counts)).toMatchObject(counts);
}

/** As if everything so far had been accepted `seconds` earlier. */
async function pass({ system }: Tenant, seconds: number): Promise<void> {
  const by = `${seconds} seconds`;
  await rawClient()`update replay_batch_items set submitted_at = submitted_at - ${by}::interval where workspace_id = ${system.workspace.id}`;
  await rawClient()`update runs set created_at = created_at - ${by}::interval where workspace_id = ${system.workspace.id}`;
}

const itemsOf = async (ctx: Ctx, id: string) =>
  (await listBatchItems(ctx, id, { statuses: [], limit: 100, after: null })).data;
const statusesOf = async (ctx: Ctx, id: string) => (await itemsOf(ctx, id)).map(({ status, code }) => code ?? status);

describe("which runs", () => {
  let tenant: Tenant & { runs: string[] };
  beforeAll(async () => {
    tenant = await stage(4);
  });

  test("those named, each once and in their order, whether they exist or not", async () => {
    const [a = "", b = ""] = tenant.runs;
    const batch = await create(tenant.system, { runIds: [b, "run_nowhere", a, b] });
    expect(batch).toMatchObject({ total: 3, status: "running", etaSeconds: 0 });
    expect((await itemsOf(tenant.system, batch.id)).map(({ runId }) => runId)).toEqual([b, "run_nowhere", a]);
    await abortBatch(tenant.system, batch.id);
  });

  test("those that matched a filter when the batch was made, newest first; relative times are resolved", async () => {
    const batch = await create(tenant.system, { filter: { tag: "mine", status: ["cancelled"], since: "1h" } });
    await endedRun(tenant.system);
    expect((await itemsOf(tenant.system, batch.id)).map(({ runId }) => runId)).toEqual(tenant.runs.toReversed());
    const { filter } = await getBatch(tenant.system, batch.id);
    expect(filter).toEqual({ tag: ["mine"], status: ["cancelled"], from: expect.stringMatching(/^\d{4}-.*Z$/) });
    await abortBatch(tenant.system, batch.id);
  });

  test.each([
    [{ filter: {} }, { code: "filter_empty" }],
    [{ filter: { status: [], q: "" } }, { code: "filter_empty" }],
    [{ filter: { since: "soon" } }, { code: "validation_failed" }],
    [{ filter: { since: "1h", from: "2026-01-01" } }, { code: "validation_failed" }],
  ])("%j is refused", async (request, refusal) => {
    await expect(create(tenant.system, request)).rejects.toMatchObject(refusal);
    await expect(preflightBatch(tenant.system, BatchRequest.parse(request))).rejects.toMatchObject(refusal);
  });

  test("more than a thousand are too many, however they are chosen", async () => {
    const request = BatchRequest.parse({ runIds: Array.from({ length: 1001 }, (_, n) => `run_${n}`) });
    const refusal = { code: "batch_too_large", details: { count: 1001, limit: 1000 } };
    await expect(createBatch(tenant.system, request)).rejects.toMatchObject(refusal);
    await expect(preflightBatch(tenant.system, request)).rejects.toMatchObject(refusal);
  });

  test.each([
    {},
    { runIds: [] },
    { runIds: ["a"], filter: { tag: "x" } },
    { filter: { tags: "x" } },
    { filter: { status: "done" } },
    { runIds: ["a"], onRefusal: "wait" },
    { runIds: ["a"], request: { mode: "model" } },
  ])("%j is malformed", (request) => {
    expect(BatchRequest.safeParse(request).success).toBe(false);
  });

  test("a payload goes with one run only, however often it is named", async () => {
    const [a = "", b = ""] = tenant.runs;
    const request = { payload: { n: 2 } };
    await expect(create(tenant.system, { runIds: [a, b], request })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "body.request.payload" }],
    });
    expect(await create(tenant.system, { runIds: [a, a], request })).toMatchObject({ total: 1 });
  });

  test("a filter that matches nothing makes a batch that is done", async () => {
    expect(await create(tenant.system, { filter: { tag: "nobody" } })).toMatchObject({ total: 0, status: "completed" });
  });
});

describe("what becomes of its items", () => {
  test("each is replayed as by a single submit, or refused with the code of one", async () => {
    const [tenant, other] = await Promise.all([stage(2), stage(1)]);
    const open = await triggerRun(tenant.system, "flow", { delay: "1h" }, "api");
    const [a = "", b = ""] = tenant.runs;
    const runIds = [a, "run_nowhere", other.runs[0] ?? "", open.id, b];
    const preflight = await preflightBatch(tenant.system, BatchRequest.parse({ runIds }));
    expect(preflight).toMatchObject({ total: 5, replayable: 2, etaSeconds: 0, calls: { live: 0, dryRun: 0 } });
    expect(Object.fromEntries(preflight.verdicts.map(({ code, runIds: ids }) => [code, ids]))).toEqual({
      not_found: ["run_nowhere"],
      cross_boundary: other.runs,
      run_in_flight: [open.id],
    });
    expect(preflight.forecast.costMicros).toEqual({ low: 0, high: 0 });
    const batch = await create(tenant.system, { runIds, name: "all of them" });
    await advanceUntil(tenant.system, batch.id, { queued: 0 });
    expect(await statusesOf(tenant.system, batch.id)).toEqual([
      "submitted",
      "not_found",
      "cross_boundary",
      "run_in_flight",
      "submitted",
    ]);
    const [first] = await itemsOf(tenant.system, batch.id);
    const run = await getRun(tenant.system, first?.newRunId ?? "");
    expect(run).toMatchObject({ replayOf: a, batch: batch.id, trigger: { kind: "batch" }, payload: { n: 1 } });
    expect(first).toMatchObject({ runStatus: "pending", sourceStatus: "cancelled" });
    expect(await getBatch(tenant.system, batch.id)).toMatchObject({
      name: "all of them",
      status: "running",
      counts: { queued: 0, submitted: 2, refused: 3, skipped: 0, aborted: 0 },
      runCounts: { pending: 2 },
      pace: { limit: 15, used: 2 },
    });
    for (const item of await itemsOf(tenant.system, batch.id))
      if (item.newRunId) await cancelRun(tenant.system, item.newRunId);
    await advance();
    expect(await getBatch(tenant.system, batch.id)).toMatchObject({ status: "completed", runCounts: { cancelled: 2 } });
  });

  test("onRefusal stop skips the rest; a retry submits what was refused and skipped", async () => {
    const tenant = await stage(2);
    const open = await triggerRun(tenant.system, "flow", { delay: "1h" }, "api");
    const [a = "", b = ""] = tenant.runs;
    const batch = await create(tenant.system, { runIds: [a, open.id, b], onRefusal: "stop" });
    await advanceUntil(tenant.system, batch.id, { queued: 0 });
    expect(await statusesOf(tenant.system, batch.id)).toEqual(["submitted", "run_in_flight", "skipped"]);
    await cancelRun(tenant.system, open.id);
    await retryBatch(tenant.system, batch.id);
    await advanceUntil(tenant.system, batch.id, { submitted: 3 });
  });
});

describe("pace", () => {
  test("at most fifteen a minute, so that people can replay; the rest when the minute has passed", async () => {
    const tenant = await stage(1);
    const [source = ""] = tenant.runs;
    const runIds = [source, ...Array.from({ length: 16 }, (_, n) => `run_gone${n}`)];
    const more = await Promise.all(Array.from({ length: 16 }, () => endedRun(tenant.system)));
    const batch = await create(tenant.system, { runIds: [...runIds, ...more] });
    await advanceUntil(tenant.system, batch.id, { submitted: 15, queued: 2, refused: 16 });
    expect((await getBatch(tenant.system, batch.id)).etaSeconds).toBe(60);
    for (let n = 0; n < 5; n++) await submitReplay(tenant.system, source, {});
    await expect(submitReplay(tenant.system, source, {})).rejects.toMatchObject({ code: "replay_quota_exceeded" });
    await pass(tenant, 20);
    await advance();
    expect((await getBatch(tenant.system, batch.id)).counts).toMatchObject({ submitted: 15, queued: 2 });
    await pass(tenant, 41);
    await advanceUntil(tenant.system, batch.id, { submitted: 17, queued: 0 });
  });

  test("a person who was faster takes from the batch, and never more than twenty are accepted", async () => {
    const tenant = await stage(12);
    for (let n = 0; n < 10; n++) await submitReplay(tenant.system, tenant.runs[0] ?? "", {});
    const batch = await create(tenant.system, { runIds: tenant.runs });
    await advanceUntil(tenant.system, batch.id, { submitted: 10, queued: 2 });
    await advance();
    expect((await getBatch(tenant.system, batch.id)).counts).toMatchObject({ submitted: 10, queued: 2 });
  });

  test("workspaces take turns, however many runs of a batch are refused and however many batches there are", async () => {
    const hostile = await Promise.all(Array.from({ length: 5 }, () => stage(0)));
    const gone = Array.from({ length: 1000 }, (_, n) => `run_gone${n}`);
    const refused = [];
    for (const { system } of hostile)
      for (let n = 0; n < 3; n++) refused.push({ system, id: (await create(system, { runIds: gone })).id });
    // Far more that are due than one look sees.
    const [first] = refused;
    await rawClient()`insert into replay_batches (id, workspace_id, status, request, on_refusal, total, queued, next_at)
      select 'batch_many' || n, workspace_id, 'running', request, 'skip', 1, 1, now() - interval '1 minute'
      from replay_batches, generate_series(1, 300) n where id = ${first?.id ?? ""}`;
    await rawClient()`insert into replay_batch_items (batch_id, workspace_id, position, run_id)
      select id, workspace_id, 1, 'run_gone' from replay_batches where id like 'batch_many%'`;
    const tenant = await stage(1);
    const batch = await create(tenant.system, { runIds: tenant.runs });
    for (let turn = 0; turn < 4; turn++) await advanceBatches();
    await expect
      .poll(async () => (await advanceBatches(), (await getBatch(tenant.system, batch.id)).counts.submitted))
      .toBe(1);
    const counts = await Promise.all(refused.map(async ({ system, id }) => (await getBatch(system, id)).counts));
    expect(counts.some(({ refused: some = 0 }) => some > 0)).toBe(true);
    expect(counts.every(({ queued = 0 }) => queued > 0)).toBe(true);
    // Not deleted: a turn may still be under way, and two that lock many rows can wait for each other.
    await rawClient()`update replay_batches set status = 'aborted', next_at = null, finished_at = now()
      where workspace_id = any(${hostile.map(({ workspace }) => workspace.id)})`;
  });

  test("several batches take turns; the workspace sets the number", async () => {
    const tenant = await stage(6);
    await changeWorkspaceSettings(tenant.system, { batchPace: 5 });
    const [first, second] = [
      await create(tenant.system, { runIds: tenant.runs }),
      await create(tenant.system, { runIds: tenant.runs }),
    ];
    expect([first.etaSeconds, second.etaSeconds]).toEqual([60, 120]);
    await advanceUntil(tenant.system, first.id, { submitted: 3 });
    const counts = async () =>
      Promise.all([first, second].map(async ({ id }) => (await getBatch(tenant.system, id)).counts.submitted));
    await expect.poll(counts).toEqual([3, 2]);
    await pass(tenant, 61);
    await advanceUntil(tenant.system, second.id, { submitted: 5 });
    await expect.poll(counts).toEqual([5, 5]);
  });
});

describe("control", () => {
  test("pause, resume, abort; each refused where it leads nowhere", async () => {
    const tenant = await stage(2);
    const batch = await create(tenant.system, { runIds: tenant.runs });
    expect(await pauseBatch(tenant.system, batch.id)).toMatchObject({
      status: "paused",
      statusReason: "user",
      etaSeconds: null,
    });
    await expect(pauseBatch(tenant.system, batch.id)).rejects.toMatchObject({ code: "illegal_transition" });
    await advance();
    expect(await statusesOf(tenant.system, batch.id)).toEqual(["queued", "queued"]);
    expect(await resumeBatch(tenant.system, batch.id)).toMatchObject({ status: "running", statusReason: null });
    await advanceUntil(tenant.system, batch.id, { submitted: 2 });
    const aborted = await abortBatch(tenant.system, batch.id, { cancelRuns: true });
    expect(aborted).toMatchObject({ status: "aborted", runCounts: { cancelled: 2, pending: 0 } });
    await expect(abortBatch(tenant.system, batch.id)).rejects.toMatchObject({ code: "illegal_transition" });
    expect(await abortBatch(tenant.system, batch.id, { cancelRuns: true })).toEqual(aborted);
    await expect(resumeBatch(tenant.system, batch.id)).rejects.toMatchObject({ code: "illegal_transition" });
    await expect(abortBatch(tenant.system, "batch_nowhere")).rejects.toMatchObject({ code: "not_found" });
  });

  test("a hundred batches of a workspace run at once; one more is refused, made, resumed or retried", async () => {
    const tenant = await stage(1);
    const over = await create(tenant.system, { runIds: tenant.runs });
    await abortBatch(tenant.system, over.id);
    const batch = await create(tenant.system, { runIds: tenant.runs });
    await pauseBatch(tenant.system, batch.id);
    await rawClient()`insert into replay_batches (id, workspace_id, status, request, on_refusal, total, queued, next_at)
      select id || n, workspace_id, 'running', request, 'skip', 1, 1, now() from replay_batches, generate_series(1, 100) n
      where id = ${batch.id}`;
    const refusal = { code: "in_use" };
    await expect(create(tenant.system, { runIds: tenant.runs })).rejects.toMatchObject(refusal);
    await expect(resumeBatch(tenant.system, batch.id)).rejects.toMatchObject(refusal);
    await expect(retryBatch(tenant.system, over.id)).rejects.toMatchObject(refusal);
    expect(await create(tenant.system, { filter: { tag: "none" } })).toMatchObject({ total: 0, status: "completed" });
    // What is over waits for nobody, so nobody else's items are looked at.
    const reading = await rowsRead((tx) => getBatch({ ...tenant.system, db: tx }, over.id));
    expect(reading).toBeLessThan(30);
    await rawClient()`delete from replay_batches where id like ${`${batch.id}_%`}`;
    expect(await resumeBatch(tenant.system, batch.id)).toMatchObject({ status: "running" });
  });

  test("what was aborted can be retried", async () => {
    const tenant = await stage(2);
    const batch = await create(tenant.system, { runIds: tenant.runs });
    await abortBatch(tenant.system, batch.id);
    expect(await statusesOf(tenant.system, batch.id)).toEqual(["aborted", "aborted"]);
    expect(await retryBatch(tenant.system, batch.id)).toMatchObject({ status: "running", finishedAt: null });
    await advanceUntil(tenant.system, batch.id, { submitted: 2 });
  });

  test("the cost cap pauses it; resumed with another it goes on", async () => {
    const tenant = await stage(3);
    const batch = await create(tenant.system, { runIds: tenant.runs, maxCostMicros: 500 });
    await rawClient()`update workspaces set batch_pace = 1 where id = ${tenant.system.workspace.id}`;
    await advanceUntil(tenant.system, batch.id, { submitted: 1 });
    const [item] = await itemsOf(tenant.system, batch.id);
    await rawClient()`update runs set cost_micros = 500 where id = ${item?.newRunId ?? ""}`;
    await pass(tenant, 61);
    await expect
      .poll(async () => (await advance(), getBatch(tenant.system, batch.id)))
      .toMatchObject({ status: "paused", statusReason: "cost_cap" });
    expect(await statusesOf(tenant.system, batch.id)).toEqual(["submitted", "queued", "queued"]);
    await resumeBatch(tenant.system, batch.id, { maxCostMicros: null });
    await advanceUntil(tenant.system, batch.id, { submitted: 2, queued: 1 });
  });

  test("it acts for its author with the rights of now; without them it waits for somebody who has them", async () => {
    const tenant = await stage(2);
    const admin = await tenant.as("admin");
    const { id: keyId, secret } = await createApiKey(admin, {
      name: "batches",
      scopes: ["replays:write", "runs:read"],
    });
    const found = await resolveApiKey(admin.db, secret);
    const keyed: Ctx = { ...admin, actor: found?.actor ?? admin.actor };
    const batch = await create(keyed, { runIds: tenant.runs });
    await revokeApiKey(admin, keyId);
    await expect
      .poll(async () => (await advance(), getBatch(admin, batch.id)))
      .toMatchObject({ status: "paused", statusReason: "forbidden", author: keyId });
    await resumeBatch(admin, batch.id);
    await advanceUntil(admin, batch.id, { submitted: 2 });
    const [item] = await itemsOf(admin, batch.id);
    const { trigger } = await getRun(admin, item?.newRunId ?? "");
    expect(trigger.actor).toBe(admin.actor.kind === "user" ? admin.actor.userId : null);
  });

  test("who may: an operator; a viewer reads", async () => {
    const tenant = await stage(1);
    const viewer = await tenant.as("viewer");
    await expect(create(viewer, { runIds: tenant.runs })).rejects.toMatchObject({ code: "forbidden" });
    const batch = await create(await tenant.as("operator"), { runIds: tenant.runs });
    for (const change of [pauseBatch, resumeBatch, abortBatch, retryBatch])
      await expect(change(viewer, batch.id)).rejects.toMatchObject({ code: "forbidden" });
    expect((await listBatches(viewer, { limit: 5, after: null })).data.map(({ id }) => id)).toEqual([batch.id]);
    const stranger = (await stage(0)).system;
    await expect(getBatch(stranger, batch.id)).rejects.toMatchObject({ code: "not_found" });
    expect((await listBatches(stranger, { limit: 5, after: null })).data).toEqual([]);
  });
});

test("led by a worker it runs to its end", async () => {
  const tenant = await stage(3);
  const worker = await startWorker();
  try {
    const batch = await create(tenant.system, { runIds: tenant.runs });
    await expect.poll(async () => (await getBatch(tenant.system, batch.id)).status).toBe("completed");
    const items = await itemsOf(tenant.system, batch.id);
    for (const { newRunId } of items) expect((await finished(tenant.system, newRunId ?? "")).status).toBe("completed");
    expect(items.map(({ runStatus, costMicros }) => [runStatus, costMicros])).toEqual(
      items.map(() => ["completed", 0]),
    );
  } finally {
    await worker.stop();
  }
});
