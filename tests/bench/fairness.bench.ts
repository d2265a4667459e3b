import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";
import { startToolServer } from "#/tests/support/tool-server.ts";
import { toolNode } from "#/tests/support/worker-fleet.ts";
import { startWorkerProcess } from "./engine-processes.ts";
import { inParallel, quick, report, summary } from "./measure.ts";

/**
 * One workspace has 2,000 runs queued and keeps all of its slots busy; another triggers one run after the other. How long
 * after it was accepted does each start (database time), beside the same on the same installation while it is idle.
 */
const backlog = quick ? 200 : 2000;
const samples = quick ? 10 : 100;
const busyMs = 300;

const tools = await startToolServer();
process.env["REPRISE_EGRESS_ALLOW"] = tools.host;
const crowd = await tenantWith(toolNode("busy", "GET", busyMs), 1);
const newcomer = await tenantWith({ id: "only", type: "transform", value: 1 }, 25);
const worker = await startWorkerProcess(25);

const idle = await startDelays(newcomer);
await inParallel(8, backlog, async () => void (await triggerRun(crowd, "flow", {}, "api")));
// Only now may it take its slots: the backlog must not melt away while it is made.
await rawClient()`update workspaces set max_running = 10 where id = ${crowd.workspace.id}`;
const before = await queuedRuns();
const beside = await startDelays(newcomer);
const after = await queuedRuns();
await worker.stop();
report("fairness", {
  goal: "a new workspace's run starts in < 100 ms (median) beside 2,000 queued runs of another",
  queued: { before, after },
  idleStartMs: summary(idle),
  besideBacklogStartMs: summary(beside),
});
await tools.close();
await flushAnnouncements();
await stopQueue();
await closeDatabase();

async function tenantWith(node: object, maxRunning: number): Promise<Ctx> {
  const { system, workspace } = await createTenant();
  await rawClient()`update workspaces set max_running = ${maxRunning} where id = ${workspace.id}`;
  await putVariables(system, "production", { variables: { TOOLS: tools.url } });
  await push(system, "flow", { name: "flow", nodes: [node] });
  return system;
}

async function startDelays(ctx: Ctx): Promise<number[]> {
  const delays: number[] = [];
  for (let n = 0; n < samples; n++) {
    await sleep(10 + Math.random() * 30);
    const { id } = await triggerRun(ctx, "flow", {}, "api");
    await finished(ctx, id);
    const [row] = await rawClient()<{ ms: number }[]>`
      select extract(epoch from started_at - created_at)::float8 * 1000 as ms from runs where id = ${id}`;
    delays.push(row?.ms ?? Number.NaN);
  }
  return delays;
}

async function queuedRuns(): Promise<number> {
  const [row] = await rawClient()<{ queued: number }[]>`
    select count(*)::int as queued from runs where workspace_id = ${crowd.workspace.id} and status = 'pending'`;
  return row?.queued ?? 0;
}
