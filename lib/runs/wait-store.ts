import { and, eq, inArray, lte, notInArray, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { runs, spans } from "#/db/schema/runs.ts";
import { runStatuses, isFinal } from "#/lib/contract/status.ts";
import type { RunRow } from "./run-store.ts";

type RunKey = { id: string; workspaceId: string };
const finals = runStatuses.filter(isFinal);

/** When a waiting run needs attention: its wait's end or its deadline, whichever comes first. */
export async function dueAt(tx: Transaction, run: RunKey, wakeAt: Date | null): Promise<Date | null> {
  const [row] = await tx.select({ deadlineAt: runs.deadlineAt }).from(runs).where(eq(runs.id, run.id));
  const times = [wakeAt, row?.deadlineAt ?? null].filter((time) => time !== null);
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** Has what one of the run's waiting steps waits for happened already? */
export async function hasFulfilledWait(tx: Transaction, runId: string): Promise<boolean> {
  const rows = await tx.execute(sql`
    select 1 from spans s
    left join approvals a on a.span_id = s.id
    left join runs child on child.parent_span = s.id
    where s.run_id = ${runId} and s.status = 'waiting'
      and (s.wake_at <= now() or a.span_id is not null or child.finished_at is not null)
    limit 1`);
  return rows.length > 0;
}

/** Runs that this one started as steps and that have not ended, locked. */
export async function openChildren(tx: Transaction, parent: RunKey): Promise<RunRow[]> {
  return tx
    .select()
    .from(runs)
    .where(
      and(eq(runs.workspaceId, parent.workspaceId), eq(runs.parentRun, parent.id), notInArray(runs.status, finals)),
    )
    .orderBy(runs.id)
    .for("update");
}

/** The run that this one is a step of, locked. */
export async function lockParent(tx: Transaction, child: RunKey): Promise<RunRow | null> {
  const parentOf = tx.select({ id: runs.parentRun }).from(runs).where(eq(runs.id, child.id));
  const [row] = await tx
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, child.workspaceId), sql`${runs.id} = (${parentOf})`))
    .for("update");
  return row ?? null;
}

/** The run that was started as this step, if it was. */
export async function findChildOf(db: DbHandle, workspaceId: string, spanId: string): Promise<RunRow | null> {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), eq(runs.parentSpan, spanId)));
  return row ?? null;
}

/** Which runs were started by which spans of a run. */
export async function childrenBySpan(db: DbHandle, parent: RunKey): Promise<Map<string, RunRow>> {
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, parent.workspaceId), eq(runs.parentRun, parent.id)));
  return new Map(rows.map((row) => [row.parentSpan ?? "", row]));
}

/** The runs that steps of these runs started, by the node of the step. */
export async function childrenByNode(db: DbHandle, parents: readonly RunKey[]): Promise<Map<string, RunRow[]>> {
  const [first] = parents;
  if (!first) return new Map();
  const rows = await db
    .select({ nodeId: spans.nodeId, run: runs })
    .from(runs)
    .innerJoin(spans, and(eq(spans.workspaceId, runs.workspaceId), eq(spans.id, runs.parentSpan)))
    .where(
      and(
        eq(runs.workspaceId, first.workspaceId),
        inArray(
          runs.parentRun,
          parents.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(runs.id);
  const byNode = Map.groupBy(rows, ({ nodeId }) => nodeId);
  return new Map([...byNode].map(([nodeId, all]) => [nodeId, all.map(({ run }) => run)]));
}

/** Runs that need attention now, the longest overdue first. */
export async function dueRuns(db: DbHandle, limit: number): Promise<RunKey[]> {
  return db
    .select({ id: runs.id, workspaceId: runs.workspaceId })
    .from(runs)
    .where(lte(runs.dueAt, sql`now()`))
    .orderBy(runs.dueAt)
    .limit(limit);
}

/** Runs whose version was pushed after they were triggered. */
export async function runsWithVersion(
  db: DbHandle,
  limit: number,
): Promise<(RunKey & { versionId: string; definition: unknown })[]> {
  return db.execute<RunKey & { versionId: string; definition: unknown }>(sql`
    select r.id, r.workspace_id as "workspaceId", v.id as "versionId", v.definition
    from runs r join workflow_versions v on v.workflow_id = r.workflow_id and v.version = r.version
    where r.status = 'pending' and r.status_reason = 'pending_version' and v.deleted_at is null
    limit ${limit}`) as Promise<(RunKey & { versionId: string; definition: unknown })[]>;
}

/** Sets a pending run's time or version; what it waits for then follows from them. */
export async function updatePending(
  tx: Transaction,
  run: RunKey,
  set: Partial<Pick<RunRow, "startAt" | "versionId" | "dueAt" | "expiresAt">>,
): Promise<void> {
  await tx
    .update(runs)
    .set(set)
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id)));
}
