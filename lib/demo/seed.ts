import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, database } from "#/db/client.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { newId } from "#/lib/core/ids.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { getNodeMappings } from "#/lib/replay/get-node-mappings.ts";
import { putNodeMapping } from "#/lib/replay/put-node-mapping.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { createSchedule } from "#/lib/schedules/change-schedules.ts";
import { listSchedules } from "#/lib/schedules/list-schedules.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { demoScenarios, type Scenario } from "./content/scenarios.ts";
import { demoAccess } from "./demo-access.ts";
import { placeContent, placeMissing } from "./place-content.ts";

/** Between two triggers, so that the runs list tells a story and not an instant. */
const betweenTriggersMs = 250;
const longestRunMs = 60_000;

/**
 * Fills the demo workspace: prompts, workflows, variables, and runs that a worker really executes. What is there already
 * stays; an interrupted seeding goes on where it stopped. The last line printed gives access, as JSON.
 */
async function seed(): Promise<void> {
  const { workspace, user, access } = await demoAccess(database());
  const ctx: Ctx = {
    actor: { kind: "user", userId: user.id, email: user.email, name: user.name, role: "owner" },
    workspace,
    db: database(),
    clock: systemClock,
    requestId: newId("request"),
  };
  const ordersUrl = process.env.DEMO_ORDERS_URL;
  if (!ordersUrl) throw new Error("DEMO_ORDERS_URL is not set; it must be the address of the demo's order service");
  // The order service may have moved to another port since the last start.
  await putVariables(ctx, "production", { variables: { ORDERS_URL: ordersUrl } });
  const known = await listWorkflows(ctx);
  if (known.length === 0) await placeContent(ctx);
  else await placeMissing(ctx, new Set(known.map((workflow) => workflow.slug)));
  await mapRenamed(ctx);
  await scheduleDigest(ctx);
  await Promise.all(demoScenarios().map((scenario, index) => play(ctx, scenario, index)));
  process.stdout.write(
    `${JSON.stringify({ ...access, runsUrlPath: `/${workspace.slug}/monitoring/workflow-runs` })}\n`,
  );
}

/** So that runs of version 1 that failed while they looked up the order can be replayed on version 2 at once. */
async function mapRenamed(ctx: Ctx): Promise<void> {
  const versions = { workflow: "support-refund", from: 1, to: 2 };
  if ((await getNodeMappings(ctx, versions)).length > 0) return;
  await putNodeMapping(ctx, { ...versions, visibility: "shared", pairs: { lookup_order: "fetch_order" } });
}

/** The digest of the orders, each weekday morning. */
async function scheduleDigest(ctx: Ctx): Promise<void> {
  if ((await listSchedules(ctx, { limit: 1, after: null })).data.length > 0) return;
  await createSchedule(ctx, {
    ...{ workflow: "order-digest", cron: "0 9 * * 1-5", timeZone: "UTC", payload: { to: "#operations" } },
    ...{ environment: "production", enabled: true, catchUp: false },
  });
}

async function play(ctx: Ctx, scenario: Scenario, index: number): Promise<void> {
  const mark = `scenario:${scenario.name}`;
  const { data } = await listRuns(ctx, { filter: { tag: [mark] }, limit: 1, after: null });
  if (data.length > 0) return;
  await sleep(index * betweenTriggersMs);
  const { version, payload, tags } = scenario;
  const run = await triggerRun(ctx, scenario.workflow, { version, payload, tags: [...tags, mark] }, "api");
  if (scenario.cancelAfterMs !== undefined) {
    await sleep(scenario.cancelAfterMs);
    await cancelRun(ctx, run.id);
  }
  const status = await settled(ctx, run.id, scenario.expect === "waiting");
  if (status !== scenario.expect)
    throw new Error(`the demo run ${scenario.name} ended as ${status}, not ${scenario.expect}`);
}

/** Waits until the run has ended, or waits for someone where it is to be left that way. */
async function settled(ctx: Ctx, runId: string, untilAsked: boolean): Promise<string> {
  const deadline = Date.now() + longestRunMs;
  while (Date.now() < deadline) {
    const { status, statusReason } = await getRun(ctx, runId);
    if (isFinal(status) || (untilAsked && statusReason === "approval")) return status;
    await sleep(100);
  }
  return "unfinished";
}

try {
  await seed();
} finally {
  // An announcement still being gathered would open the pool again after its end, and keep this process from ending.
  await flushAnnouncements().catch(() => {});
  await stopQueue();
  await closeDatabase();
}
