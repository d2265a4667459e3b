import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { superviseQueue, stopQueue } from "#/lib/queue/boss.ts";
import { listen } from "#/lib/queue/notify.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { startHousekeeping } from "#/lib/worker/housekeeping.ts";
import { Worker } from "#/lib/worker/worker.ts";
import { createWorkflow, pushVersion } from "#/lib/workflows/push-version.ts";
import { setTimeout as sleep } from "node:timers/promises";

/** A worker of this very process over the test's database, woken as the real one is. */
export async function startWorker(slots = 10): Promise<{ stop(): Promise<void> }> {
  await superviseQueue();
  const worker = new Worker({ slots });
  const stops = [
    await listen("jobs", () => worker.wake()),
    await listen("control", (runId) => void worker.control(runId)),
  ];
  const housekeeping = startHousekeeping();
  const working = worker.work();
  return {
    async stop() {
      housekeeping.stop();
      await worker.drain(2000);
      await working;
      for (const end of stops) await end();
      await stopQueue();
    },
  };
}

/** Waits until a run is final and gives it back. */
export async function finished(ctx: Ctx, runId: string, withinMs = 15_000) {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const run = await getRun({ ...ctx, db: database() }, runId);
    if (isFinal(run.status)) return run;
    if (Date.now() > deadline) throw new Error(`run ${runId} is still ${run.status} after ${withinMs} ms`);
    await sleep(20);
  }
}

/** Creates a workflow, or pushes its next version. */
export async function push(ctx: Ctx, slug: string, definition: object, next = false) {
  const source = { json: definition as Json };
  return next ? pushVersion(ctx, slug, source) : createWorkflow(ctx, { slug, definition: source });
}
