import { database, type Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";
import { now } from "#/lib/core/clock.ts";
import { gather } from "#/lib/core/gather.ts";
import { complete, queues, type HeldJob } from "#/lib/queue/boss.ts";
import { announceRun, notify } from "#/lib/queue/notify.ts";
import { lockFreeWorkspaces, lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { admit } from "./admission-store.ts";
import { timeCounts } from "./lifecycle.ts";
import { closeOpenSpans } from "./open-spans-store.ts";
import { persistently } from "./persistently.ts";
import { queuedState } from "./queued-state.ts";
import { stopClocksAround } from "./run-clock-store.ts";
import { changeStatus, lockRun, setControl, setEffects, type RunRow } from "./run-store.ts";
import { runTotals, type Totals } from "./totals-store.ts";
import { dueAt, hasFulfilledWait, lockParent, openChildren } from "./wait-store.ts";
import type { RunWait } from "./waiting.ts";

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
  | ({ kind: "waiting" } & RunWait);

type Held = { id: string; workspaceId: string; owner?: string };

const eventOf: Record<Outcome["kind"], string> = {
  completed: "run.completed",
  failed: "run.failed",
  cancelled: "run.cancelled",
  paused: "run.paused",
  waiting: "run.waiting",
};

type Settling = { held: Held; outcome: Outcome; rev?: number; job?: HeldJob };

/**
 * Releases a held run in one transaction: status (written once, fenced by the owner where there is one), output,
 * totals, the job, and the slot, which goes to the next run. False when the run is no longer ours: nothing is written.
 */
export async function settleRun(held: Held, outcome: Outcome, rev?: number, job?: HeldJob): Promise<boolean> {
  const settling = { held, outcome, rev, job };
  const settled = await persistently(
    async () => (await settleTogether(settling)) ?? (await settleTogether(settling)) ?? (await settleAlone(settling)),
  );
  announceRun(held.id);
  return settled;
}

/** More runs would hold the locks of many workspaces for long. */
const mostAtOnce = 16;
/** Halves the cost of a transaction per run where many end, and delays nothing where few do. */
const restMs = 8;

/**
 * Runs that end at the same time share a transaction. A run whose workspace someone else has locked is left out (null),
 * so that no workspace waits for another's lock; it is tried once more with the runs that end next.
 */
const settleTogether = gather<Settling, boolean | null>(
  (all) =>
    database().transaction(async (tx) => {
      const locked = await lockFreeWorkspaces(
        tx,
        all.map(({ held }) => held.workspaceId),
      );
      return settleLocked(tx, all, locked);
    }),
  mostAtOnce,
  restMs,
);

function settleAlone(settling: Settling): Promise<boolean> {
  const { workspaceId } = settling.held;
  return database().transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId);
    const [done] = await settleLocked(tx, [settling], new Set([workspaceId]));
    return done ?? false;
  });
}

/** Settles the runs whose workspaces are locked by the transaction. Statements follow each other without waiting. */
async function settleLocked(tx: Transaction, all: Settling[], locked: Set<string>): Promise<(boolean | null)[]> {
  const ours = all.filter(({ held }) => locked.has(held.workspaceId));
  const ending = ours.filter(({ outcome }) => isFinal(outcome.kind)).map(({ held }) => held.id);
  const totals = await runTotals(tx, ending);
  const done = new Map<Settling, boolean>();
  await Promise.all([
    ...ours.map(async (one) => done.set(one, await settleHeld(tx, one, totals.get(one.held.id)))),
    complete(
      tx,
      queues.runs,
      ours.flatMap(({ job }) => job ?? []),
    ),
  ]);
  const freed = ours.filter((one) => done.get(one)).map(({ held }) => held.workspaceId);
  if (freed.length > 0) await admit(tx, freed);
  return all.map((one) => done.get(one) ?? null);
}

async function settleHeld(tx: Transaction, { held, outcome, rev }: Settling, totals?: Totals): Promise<boolean> {
  if (outcome.kind === "paused") return settlePause(tx, held, rev);
  if (outcome.kind === "waiting") return settleWait(tx, held, outcome, rev);
  if (outcome.kind === "cancelled") return settleIn(tx, held, await asAsked(tx, held, outcome), rev, totals);
  return settleIn(tx, held, outcome, rev, totals);
}

/** The request says who cancelled the run: it came after the holder had read the run. */
async function asAsked(
  tx: Transaction,
  held: Held,
  outcome: Extract<Outcome, { kind: "cancelled" }>,
): Promise<Outcome> {
  const run = await lockRun(tx, held.workspaceId, held.id);
  return { kind: "cancelled", reason: run?.controlReason ?? outcome.reason };
}

/** The request may have changed while the last steps ended: a cancel replaced it, or the pause was taken back. */
async function settlePause(tx: Transaction, held: Held, rev?: number): Promise<boolean> {
  const run = await lockRun(tx, held.workspaceId, held.id);
  if (run?.control === "cancel")
    return settleIn(tx, held, { kind: "cancelled", reason: run.controlReason ?? "user" }, rev);
  const paused = await settleIn(tx, held, { kind: "paused" }, rev);
  if (paused && run?.control === null) await requeue(tx, run);
  return paused;
}

/** What the run waits for may have come while it was still held: then it goes straight back into the queue. */
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
 * Puts a paused or waiting run back into the workspace's queue; the caller, who holds the workspace's lock, admits. A
 * run that was paused before its time or its version had come goes on waiting for that.
 */
export async function requeue(tx: Transaction, run: RunRow): Promise<boolean> {
  const queued = await changeStatus(tx, run, {
    to: "pending",
    set: queuedState(run, now()),
    event: { type: "run.queued" },
  });
  if (queued && run.parentRun !== null) await stopClocksAround(tx, run.id);
  return queued;
}

/**
 * As settleRun, in the caller's transaction, which holds the workspace's lock and admits afterwards. Without an owner
 * it also holds the run's row, so that nobody writes spans meanwhile. A final outcome wakes the run that waits for this
 * one and ends the runs inside it.
 */
export async function settleIn(
  tx: Transaction,
  held: Held,
  outcome: Outcome,
  rev?: number,
  known?: Totals,
): Promise<boolean> {
  const status: RunStatus = outcome.kind;
  const reason = "reason" in outcome ? outcome.reason : null;
  const ending = isFinal(status) ? (known ?? (await runTotals(tx, [held.id])).get(held.id)) : undefined;
  const closed = ending && ending.openSpans > 0 ? await closeOpenSpans(tx, held) : 0;
  const counts = outcome.kind === "waiting" && timeCounts("waiting", outcome.reasons);
  const done = await changeStatus(tx, held, {
    to: status,
    owner: held.owner,
    timeCounts: counts,
    rev: rev === undefined ? undefined : rev + closed,
    set: {
      statusReason: reason,
      owner: null,
      admittedAt: null,
      control: null,
      controlReason: null,
      dueAt: outcome.kind === "waiting" ? await dueAt(tx, held, outcome.wakeAt, counts) : null,
      error: outcome.kind === "failed" ? outcome.error : null,
      ...ending?.totals,
    },
    event: { type: eventOf[outcome.kind], data: { status, ...(reason ? { reason } : {}) } as JsonObject },
    output: outcome.kind === "completed" ? outcome.output : null,
  });
  if (done && ending && ending.openChildren > 0) {
    await endChildren(tx, held);
    await countInside(tx, held);
  }
  if (done && ending?.isChild) await tellParent(tx, held);
  if (done && !ending) await stopClocksAround(tx, held.id);
  return done;
}

/** Ends the runs inside one that has ended: a run that nobody holds ends at once, a held one is asked to. */
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

/** Lets the run that waits for this one continue; if it is still held, it finds out when it settles. */
async function tellParent(tx: Transaction, child: Held): Promise<void> {
  const parent = await lockParent(tx, child);
  if (parent && isFinal(parent.status)) return countAround(tx, parent);
  if (parent?.status !== "waiting") return;
  await requeue(tx, parent);
  announceRun(parent.id);
}

/**
 * A run inside this one ended after it: the summaries of this run, and of ended runs around it, still count that run.
 */
async function countAround(tx: Transaction, run: RunRow): Promise<void> {
  await countInside(tx, run);
  announceRun(run.id);
  const around = run.parentRun === null ? null : await lockParent(tx, run);
  if (around && isFinal(around.status)) await countAround(tx, around);
}

/** Rewrites the summary of effects of a run that has ended. */
async function countInside(tx: Transaction, run: Pick<Held, "id" | "workspaceId">): Promise<void> {
  const counted = (await runTotals(tx, [run.id])).get(run.id);
  if (counted) await setEffects(tx, run, counted.totals.effects);
}
