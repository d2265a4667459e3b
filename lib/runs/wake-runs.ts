import { database, type Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { ErrorCode, FieldError } from "#/lib/contract/problem.ts";
import { now } from "#/lib/core/clock.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { findVersion, type VersionRow } from "#/lib/workflows/version-store.ts";
import { admit } from "./admission-store.ts";
import { maxDurationOf } from "./create-run.ts";
import { queuedState } from "./queued-state.ts";
import { changeStatus, findRun, findRunBody, lockRun, type RunRow } from "./run-store.ts";
import { requeue, settleIn } from "./settle-run.ts";
import { startRefusals } from "./start-refusals.ts";
import { dueRuns, runsWithVersion, updatePending } from "./wait-store.ts";
import { timedOut } from "./walk.ts";
import { WorkspaceTurns } from "./workspace-turns.ts";

const perTurn = 200;
const [turnsOfDue, turnsOfVersions] = [new WorkspaceTurns(), new WorkspaceTurns()];

/** Attends to runs whose time has come: delays and waits that are over, TTLs and deadlines that have passed. */
export async function wakeDueRuns(): Promise<void> {
  const due = await dueRuns(database(), perTurn, turnsOfDue.busy);
  await turnsOfDue.attend(due, (run) => attend(run, (tx, row) => passTime(tx, row)));
}

/** Lets runs go that were triggered before their version was pushed. */
export async function wakeRunsWithVersion(): Promise<void> {
  const ready = await runsWithVersion(database(), perTurn, turnsOfVersions.busy);
  await turnsOfVersions.attend(ready, async (run) => {
    const pushed = await judgeVersion(run);
    if (pushed) await attend(run, (tx, row) => giveVersion(tx, row, pushed));
  });
}

async function attend(
  run: { id: string; workspaceId: string },
  change: (tx: Transaction, row: RunRow) => Promise<unknown>,
): Promise<void> {
  await inTransaction(database(), async (tx) => {
    await lockWorkspace(tx, run.workspaceId);
    const row = await lockRun(tx, run.workspaceId, run.id);
    if (!row) return;
    await change(tx, row);
    await admit(tx, [run.workspaceId]);
  });
  announceRun(run.id);
}

async function passTime(tx: Transaction, run: RunRow): Promise<unknown> {
  const time = now();
  if (run.dueAt === null || run.dueAt > time) return;
  if (run.status === "waiting")
    return run.deadlineAt !== null && run.deadlineAt <= time
      ? settleIn(tx, keyOf(run), timedOut(run.maxDurationMs))
      : requeue(tx, run);
  if (run.status !== "pending") return updatePending(tx, run, { dueAt: null });
  if (run.expiresAt !== null && run.expiresAt <= time && run.startedAt === null) return expire(tx, run);
  return changeStatus(tx, run, {
    to: "pending",
    set: queuedState(run, time),
    event: { type: "run.queued" },
  });
}

function expire(tx: Transaction, run: RunRow): Promise<boolean> {
  const message = `The run did not start within its TTL of ${run.ttlMs} ms.`;
  return failBeforeStart(tx, run, "expired", message, "expired");
}

/** The version that a run waits for, and the first place where the run's payload does not fit it. */
type PushedVersion = { version: VersionRow; fault: FieldError | undefined };

/** Judged before the workspace is locked: a payload may take a second. Null when there is no such version. */
async function judgeVersion({ id, workspaceId }: Pick<RunRow, "id" | "workspaceId">): Promise<PushedVersion | null> {
  const run = (await findRun(database(), workspaceId, id))?.run;
  const version = run?.version ? await findVersion(database(), run.workflowId, run.version) : null;
  if (!version) return null;
  if (version.deletedAt) return { version, fault: undefined };
  const body = await findRunBody(database(), workspaceId, id);
  return { version, fault: (await readInput(version, body?.payload ?? null)).faults[0] };
}

/** The version may have been deleted again: its number is never given out a second time. */
async function giveVersion(tx: Transaction, run: RunRow, { version, fault }: PushedVersion): Promise<unknown> {
  if (run.statusReason !== "pending_version") return;
  if (version.deletedAt)
    return failBeforeStart(tx, run, "source_version_unavailable", startRefusals.source_version_unavailable);
  await updatePending(tx, run, {
    versionId: version.id,
    maxDurationMs: maxDurationOf(run.maxDurationMs, version.definition),
  });
  if (fault) {
    const message = `The payload does not fit the input of the version that was pushed: ${fault.path}: ${fault.message}`;
    return failBeforeStart(tx, run, "payload_invalid", message);
  }
  return changeStatus(tx, run, {
    to: "pending",
    set: queuedState({ ...run, versionId: version.id }, now()),
    event: { type: "run.queued" },
  });
}

function failBeforeStart(
  tx: Transaction,
  run: RunRow,
  code: ErrorCode,
  message: string,
  reason: "error" | "expired" = "error",
): Promise<boolean> {
  const error = { code, message, nodeId: null, spanId: null };
  return settleIn(tx, keyOf(run), { kind: "failed", reason, error });
}

/** Without the owner: nobody holds a run that is attended to here. */
function keyOf(run: RunRow): { id: string; workspaceId: string } {
  return { id: run.id, workspaceId: run.workspaceId };
}
