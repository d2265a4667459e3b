import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";
import { superviseQueue, stopQueue } from "#/lib/queue/boss.ts";
import { listen } from "#/lib/queue/notify.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listApprovals } from "#/lib/runs/list-approvals.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { startHousekeeping } from "#/lib/worker/housekeeping.ts";
import { Worker } from "#/lib/worker/worker.ts";
import { createWorkflow, pushVersion } from "#/lib/workflows/push-version.ts";
import { rests } from "./rests.ts";

/** A worker (or several) in this process over the test's database, woken as the real one is. */
export async function startWorker(slots = 10, count = 1): Promise<{ stop(): Promise<void> }> {
  await superviseQueue();
  const workers = Array.from({ length: count }, () => new Worker({ slots }));
  const stops = [
    await listen("jobs", () => workers.forEach((worker) => worker.wake())),
    await listen("control", (runId) => workers.forEach((worker) => void worker.control(runId))),
  ];
  const housekeeping = startHousekeeping();
  const working = workers.map((worker) => worker.work());
  return {
    async stop() {
      await housekeeping.stop().catch(() => {});
      await Promise.all(workers.map((worker) => worker.drain(2000)));
      await Promise.all(working);
      for (const end of stops) await end();
      await stopQueue();
    },
  };
}

/** Waits until a run is final and gives it back. Patient: how long it takes on a busy machine says nothing. */
export async function finished(ctx: Ctx, runId: string, withinMs = 60_000) {
  return runWhich(ctx, runId, withinMs, (run) => isFinal(run.status));
}

/** Waits until a run is in this status, for this reason, and gives it back; fails if it ends in another. */
export async function reached(ctx: Ctx, runId: string, status: RunStatus, reason: StatusReason | null = null) {
  return runWhich(ctx, runId, 60_000, (run) => {
    if (run.status === status && run.statusReason === reason) return true;
    if (isFinal(run.status)) throw new Error(`run ${runId} ended as ${run.status}: ${JSON.stringify(run.error)}`);
    return false;
  });
}

async function runWhich(ctx: Ctx, runId: string, withinMs: number, isThere: (run: Run) => boolean): Promise<Run> {
  const deadline = Date.now() + withinMs;
  const rest = rests();
  for (;;) {
    const run = await getRun({ ...ctx, db: database() }, runId);
    if (isThere(run)) return run;
    if (Date.now() > deadline) throw new Error(`run ${runId} is still ${run.status} after ${withinMs} ms`);
    await rest();
  }
}

/** Approves the first thing that the run asks, as soon as it does. */
export async function approve(ctx: Ctx, runId: string): Promise<void> {
  await reached(ctx, runId, "waiting", "approval");
  const [open] = (await listApprovals(ctx, runId)).data;
  await decideApproval(ctx, runId, open?.spanId ?? "", { decision: "approve" });
}

/** Creates a workflow, or pushes its next version. */
export async function push(ctx: Ctx, slug: string, definition: object, next = false) {
  const source = { json: definition as Json };
  return next ? pushVersion(ctx, slug, source) : createWorkflow(ctx, { slug, definition: source });
}
