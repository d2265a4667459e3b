import { database, type Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import type { RunStatus, StatusReason } from "#/lib/contract/status.ts";
import { complete, queues, type HeldJob } from "#/lib/queue/boss.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { admit, lockWorkspace } from "./admission-store.ts";
import { sourcesOf } from "./lifecycle.ts";
import { closeOpenSpans } from "./open-spans-store.ts";
import { persistently } from "./persistently.ts";
import { changeStatus, lockRun, storeOutput, type RunRow } from "./run-store.ts";
import { runTotals } from "./totals-store.ts";

/** How a worker lets a run go. */
export type Outcome =
  | { kind: "completed"; output: Json }
  | { kind: "failed"; reason: Extract<StatusReason, "error" | "timed_out" | "crashed" | "system_failure">; error: RunError }
  | { kind: "cancelled"; reason: "user" | "parent" | "policy" }
  | { kind: "paused" };

type Held = { id: string; workspaceId: string; owner?: string };

const noTotals = { openSpans: 0, totals: {} };

const eventOf: Record<Outcome["kind"], string> = {
  completed: "run.completed",
  failed: "run.failed",
  cancelled: "run.cancelled",
  paused: "run.paused",
};

/**
 * Ends the holding of a run in one transaction: status (written once, fenced by the owner where there is one), output,
 * totals, the job, and the slot, which goes to the next run. False when the run is no longer ours: nothing is written.
 */
export async function settleRun(held: Held, outcome: Outcome, rev?: number, job?: HeldJob): Promise<boolean> {
  const settled = await persistently(() =>
    database().transaction(async (tx) => {
      await lockWorkspace(tx, held.workspaceId);
      const done = outcome.kind === "paused" ? await settlePause(tx, held, rev) : await settleIn(tx, held, outcome, rev);
      if (job) await complete(tx, queues.runs, job);
      if (done) await admit(tx, held.workspaceId);
      return done;
    }),
  );
  announceRun(held.id);
  return settled;
}

/** What was asked may have changed while the last steps ended: a cancel came on top, or the pause was taken back. */
async function settlePause(tx: Transaction, held: Held, rev?: number): Promise<boolean> {
  const run = await lockRun(tx, held.workspaceId, held.id);
  if (run?.control === "cancel")
    return settleIn(tx, held, { kind: "cancelled", reason: run.controlReason ?? "user" }, rev);
  const paused = await settleIn(tx, held, { kind: "paused" }, rev);
  if (paused && run?.control === null) await requeue(tx, run);
  return paused;
}

/** Puts a paused run back into the workspace's queue; the caller, who holds the workspace's lock, admits. */
export function requeue(tx: Transaction, run: Pick<RunRow, "id" | "workspaceId">): Promise<boolean> {
  return changeStatus(tx, run, {
    from: ["paused"],
    set: { status: "pending", statusReason: "queued" },
    event: { type: "run.queued" },
  });
}

/**
 * As settleRun, in the caller's transaction, which holds the workspace's lock and admits afterwards; without an owner it
 * holds the run's row too, so that nobody writes spans meanwhile.
 */
export async function settleIn(tx: Transaction, held: Held, outcome: Outcome, rev?: number): Promise<boolean> {
  const status: RunStatus = outcome.kind;
  const reason = "reason" in outcome ? outcome.reason : null;
  const final = outcome.kind !== "paused";
  const { openSpans, totals } = final ? await runTotals(tx, held) : noTotals;
  const closed = openSpans === 0 ? 0 : await closeOpenSpans(tx, held);
  const done = await changeStatus(tx, held, {
    from: sourcesOf(status),
    owner: held.owner,
    rev: rev === undefined ? undefined : rev + closed,
    set: {
      status,
      statusReason: reason,
      owner: null,
      admittedAt: null,
      control: null,
      controlReason: null,
      error: outcome.kind === "failed" ? outcome.error : null,
      ...totals,
    },
    event: { type: eventOf[outcome.kind], data: { status, ...(reason ? { reason } : {}) } as JsonObject },
  });
  if (done && outcome.kind === "completed") await storeOutput(tx, held.id, held.workspaceId, outcome.output);
  return done;
}
