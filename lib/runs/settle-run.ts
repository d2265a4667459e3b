import { database, databaseOf, type Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { isFinal, type StatusReason } from "#/lib/contract/status.ts";
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
import { endRuns, type RunEnd } from "./run-end-store.ts";
import { changeStatus, lockRun, setControl, setEffects, type RunRow } from "./run-store.ts";
import { runTotals } from "./totals-store.ts";
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

type EndOutcome = Extract<Outcome, { kind: "completed" | "failed" | "cancelled" }>;

function isEnd(outcome: Outcome): outcome is EndOutcome {
  return isFinal(outcome.kind);
}

function eventOf(outcome: Outcome): { type: string; data: JsonObject } {
  const data: JsonObject = { status: outcome.kind };
  if ("reason" in outcome) data["reason"] = outcome.reason;
  return { type: `run.${outcome.kind}`, data };
}

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

/** Whoever waits for a workspace's lock holds a connection meanwhile: others need those, however many of its runs end. */
function settleAlone(settling: Settling): Promise<boolean> {
  const { workspaceId } = settling.held;
  return databaseOf(workspaceId).transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId);
    const [done] = await settleLocked(tx, [settling], new Set([workspaceId]));
    return done ?? false;
  });
}

/** Settles the runs whose workspaces are locked by the transaction. */
async function settleLocked(tx: Transaction, all: Settling[], locked: Set<string>): Promise<(boolean | null)[]> {
  const ours = all.filter(({ held }) => locked.has(held.workspaceId));
  const ends: Ending[] = [];
  const done = new Set<Held>();
  for (const { held, outcome, rev } of ours)
    if (outcome.kind === "cancelled") ends.push({ held, outcome: await asAsked(tx, held, outcome), rev });
    else if (isEnd(outcome)) ends.push({ held, outcome, rev });
    else if (await settleWithoutEnd(tx, held, outcome, rev)) done.add(held);
  const jobs = ours.flatMap(({ job }) => job ?? []);
  const [ended] = await Promise.all([ends.length > 0 ? endTogether(tx, ends) : [], complete(tx, queues.runs, jobs)]);
  for (const held of ended) done.add(held);
  const freed = ours.filter(({ held }) => done.has(held)).map(({ held }) => held.workspaceId);
  if (freed.length > 0) await admit(tx, freed);
  return all.map(({ held }) => (locked.has(held.workspaceId) ? done.has(held) : null));
}

function settleWithoutEnd(
  tx: Transaction,
  held: Held,
  outcome: Exclude<Outcome, EndOutcome>,
  rev?: number,
): Promise<boolean> {
  return outcome.kind === "paused" ? settlePause(tx, held, rev) : settleWait(tx, held, outcome, rev);
}

/** The request says who cancelled the run: it came after the holder had read the run. */
async function asAsked(
  tx: Transaction,
  held: Held,
  outcome: Extract<Outcome, { kind: "cancelled" }>,
): Promise<EndOutcome> {
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
 * it also holds the run's row, so that nobody writes spans meanwhile.
 */
export async function settleIn(tx: Transaction, held: Held, outcome: Outcome, rev?: number): Promise<boolean> {
  if (isEnd(outcome)) return (await endTogether(tx, [{ held, outcome, rev }])).has(held);
  const counts = outcome.kind === "waiting" && timeCounts("waiting", outcome.reasons);
  const done = await changeStatus(tx, held, {
    to: outcome.kind,
    owner: held.owner,
    timeCounts: counts,
    rev,
    set: {
      statusReason: outcome.kind === "waiting" ? outcome.reason : null,
      owner: null,
      admittedAt: null,
      control: null,
      controlReason: null,
      dueAt: outcome.kind === "waiting" ? await dueAt(tx, held, outcome.wakeAt, counts) : null,
      error: null,
    },
    event: eventOf(outcome),
  });
  if (done) await stopClocksAround(tx, held.id);
  return done;
}

type Ending = { held: Held; outcome: EndOutcome; rev?: number };

/**
 * Ends runs, most often with two statements for all of them. An end wakes the run that waits for this one and ends the
 * runs inside it. Returns those that have ended.
 */
async function endTogether(tx: Transaction, all: readonly Ending[]): Promise<Set<Held>> {
  const known = await runTotals(
    tx,
    all.map(({ held }) => held.id),
  );
  const ends: RunEnd[] = [];
  for (const { held, outcome, rev } of all) {
    const counted = known.get(held.id);
    if (!counted) continue;
    const closed = counted.openSpans > 0 ? await closeOpenSpans(tx, held) : 0;
    ends.push({
      run: held,
      owner: held.owner,
      status: outcome.kind,
      reason: "reason" in outcome ? outcome.reason : null,
      rev: rev === undefined ? undefined : rev + closed,
      error: outcome.kind === "failed" ? outcome.error : null,
      output: outcome.kind === "completed" ? outcome.output : null,
      totals: counted.totals,
      event: eventOf(outcome),
    });
  }
  const done = new Set<Held>((await endRuns(tx, ends)).map(({ run }) => run));
  for (const held of done) {
    const counted = known.get(held.id);
    if (counted && counted.openChildren > 0) {
      await endChildren(tx, held);
      await countInside(tx, held);
    }
    if (counted?.isChild) await tellParent(tx, held);
  }
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
