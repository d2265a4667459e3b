import { database, type Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";
import { complete, queues, type HeldJob } from "#/lib/queue/boss.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { admit, lockWorkspace } from "./admission-store.ts";
import { sourcesOf } from "./lifecycle.ts";
import { closeOpenSpans } from "./open-spans-store.ts";
import { persistently } from "./persistently.ts";
import { queuedState } from "./queued-state.ts";
import { changeStatus, lockRun, setControl, storeOutput, type RunRow } from "./run-store.ts";
import { noTotals, runTotals } from "./totals-store.ts";
import { dueAt, hasFulfilledWait, lockParent, openChildren } from "./wait-store.ts";
import type { Wait } from "./waiting.ts";

/** How a worker lets a run go. */
export type Outcome =
  | { kind: "completed"; output: Json }
  | {
      kind: "failed";
      reason: Extract<StatusReason, "error" | "timed_out" | "crashed" | "system_failure" | "expired">;
      error: RunError;
    }
  | { kind: "cancelled"; reason: "user" | "parent" | "policy" }
  | { kind: "paused" }
  | { kind: "waiting"; reason: Wait["reason"]; wakeAt: Date | null };

type Held = { id: string; workspaceId: string; owner?: string };

const eventOf: Record<Outcome["kind"], string> = {
  completed: "run.completed",
  failed: "run.failed",
  cancelled: "run.cancelled",
  paused: "run.paused",
  waiting: "run.waiting",
};

/**
 * Ends the holding of a run in one transaction: status (written once, fenced by the owner where there is one), output,
 * totals, the job, and the slot, which goes to the next run. False when the run is no longer ours: nothing is written.
 */
export async function settleRun(held: Held, outcome: Outcome, rev?: number, job?: HeldJob): Promise<boolean> {
  const settled = await persistently(() =>
    database().transaction(async (tx) => {
      await lockWorkspace(tx, held.workspaceId);
      const done = await settleHeld(tx, held, outcome, rev);
      // Sent behind each other without waiting for the answers: the lock of the workspace is held meanwhile.
      await Promise.all([job ? complete(tx, queues.runs, job) : null, done ? admit(tx, held.workspaceId) : null]);
      return done;
    }),
  );
  announceRun(held.id);
  return settled;
}

async function settleHeld(tx: Transaction, held: Held, outcome: Outcome, rev?: number): Promise<boolean> {
  if (outcome.kind === "paused") return settlePause(tx, held, rev);
  if (outcome.kind === "waiting") return settleWait(tx, held, outcome, rev);
  return settleIn(tx, held, outcome, rev);
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

/** What it waits for may have come while it was still held: then it goes straight back into the queue. */
async function settleWait(
  tx: Transaction,
  held: Held,
  outcome: Extract<Outcome, { kind: "waiting" }>,
  rev?: number,
): Promise<boolean> {
  const run = await lockRun(tx, held.workspaceId, held.id);
  if (run?.control === "cancel")
    return settleIn(tx, held, { kind: "cancelled", reason: run.controlReason ?? "user" }, rev);
  if (run?.control === "pause") return settleIn(tx, held, { kind: "paused" }, rev);
  const waits = await settleIn(tx, held, outcome, rev);
  if (waits && run && (await hasFulfilledWait(tx, held.id))) await requeue(tx, run);
  return waits;
}

/**
 * Puts a paused or waiting run back into the workspace's queue; the caller, who holds the workspace's lock, admits. One
 * that was paused before its time or its version had come goes on waiting for that.
 */
export function requeue(tx: Transaction, run: RunRow): Promise<boolean> {
  return changeStatus(tx, run, {
    from: ["paused", "waiting"],
    set: { status: "pending", ...queuedState(run, new Date()) },
    event: { type: "run.queued" },
  });
}

/**
 * As settleRun, in the caller's transaction, which holds the workspace's lock and admits afterwards; without an owner it
 * holds the run's row too, so that nobody writes spans meanwhile. A final outcome wakes the run that waits for this one
 * and ends the runs inside it.
 */
export async function settleIn(tx: Transaction, held: Held, outcome: Outcome, rev?: number): Promise<boolean> {
  const status: RunStatus = outcome.kind;
  const reason = "reason" in outcome ? outcome.reason : null;
  const final = isFinal(status);
  const { openSpans, openChildren: inside, isChild, totals } = final ? await runTotals(tx, held) : noTotals;
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
      dueAt: outcome.kind === "waiting" ? await dueAt(tx, held, outcome.wakeAt) : null,
      error: outcome.kind === "failed" ? outcome.error : null,
      ...totals,
    },
    event: { type: eventOf[outcome.kind], data: { status, ...(reason ? { reason } : {}) } as JsonObject },
  });
  if (done && outcome.kind === "completed" && outcome.output !== null)
    await storeOutput(tx, held.id, held.workspaceId, outcome.output);
  if (done && inside > 0) await endChildren(tx, held);
  if (done && isChild) await wakeParent(tx, held);
  return done;
}

/** A run inside of another that has ended: one that nobody holds ends too, a held one is asked to. */
async function endChildren(tx: Transaction, parent: Held): Promise<void> {
  for (const child of await openChildren(tx, parent)) {
    if (child.status === "running") {
      await setControl(tx, child, "cancel", "parent");
      await notify(tx, "control", child.id);
    } else
      await settleIn(tx, { id: child.id, workspaceId: child.workspaceId }, { kind: "cancelled", reason: "parent" });
    announceRun(child.id);
  }
}

/** The run that waits for this one goes on; one that is still held finds out when it settles. */
async function wakeParent(tx: Transaction, child: Held): Promise<void> {
  const parent = await lockParent(tx, child);
  if (parent?.status !== "waiting") return;
  await requeue(tx, parent);
  announceRun(parent.id);
}
