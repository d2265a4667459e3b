import { and, eq, inArray, notInArray, sql, type SQL } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { inIndexOrder } from "#/db/transaction.ts";
import { versionRows } from "#/db/readable/workflows.ts";
import { runs, spans } from "#/db/schema/runs.ts";
import { runStatuses, isFinal } from "#/lib/contract/status.ts";
import type { RunRow } from "./run-store.ts";

type RunKey = { id: string; workspaceId: string };
const finals = runStatuses.filter(isFinal);

/**
 * When a waiting run needs attention: at its wait's end or, while its time counts, its deadline, whichever comes first.
 */
export async function dueAt(
  tx: Transaction,
  run: RunKey,
  wakeAt: Date | null,
  timeCounts: boolean,
): Promise<Date | null> {
  if (!timeCounts) return wakeAt;
  const [row] = await tx.select({ deadlineAt: runs.deadlineAt }).from(runs).where(eq(runs.id, run.id));
  const times = [wakeAt, row?.deadlineAt ?? null].filter((time) => time !== null);
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** Has something that one of the run's waiting steps waits for already happened? */
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

/** Runs that were started as these steps, by the id of the step's span. */
export async function childrenBySpan(
  db: DbHandle,
  workspaceId: string,
  spanIds: readonly string[],
): Promise<Map<string, RunRow>> {
  if (spanIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.workspaceId, workspaceId), inArray(runs.parentSpan, [...spanIds])));
  return new Map(rows.map((row) => [row.parentSpan ?? "", row]));
}

/** The runs that steps of these runs started; for a reused step, the run that it started then. */
export async function childrenOfSteps(
  db: DbHandle,
  parents: readonly RunKey[],
): Promise<{ nodeId: string; spanId: string; run: RunRow }[]> {
  const [first] = parents;
  if (!first) return [];
  const ids = parents.map(({ id }) => id);
  return db
    .select({ nodeId: spans.nodeId, spanId: spans.id, run: runs })
    .from(spans)
    .innerJoin(runs, sql`${runs.parentSpan} = coalesce(${spans.reusedSpan}, ${spans.id})`)
    .where(
      and(eq(spans.workspaceId, first.workspaceId), inArray(spans.runId, ids), eq(runs.workspaceId, first.workspaceId)),
    )
    .orderBy(runs.id);
}

/** What the model calls of the other runs around and inside a run have cost so far, in millionths of a US dollar. */
export async function spentAround(db: DbHandle, runId: string): Promise<number> {
  const [row] = await db.execute<{ micros: string }>(sql`
    with recursive up as (
      select id, parent_run from runs where id = ${runId}
      union all select r.id, r.parent_run from runs r join up on r.id = up.parent_run
    ), tree as (
      select id from up where parent_run is null
      union all select c.id from runs c join tree on c.parent_run = tree.id
    )
    select coalesce(sum(s.cost_micros), 0)::text as micros from tree join spans s on s.run_id = tree.id
    where tree.id <> ${runId}`);
  return Number(row?.micros ?? 0);
}

/** How many rows of each of `places` are read for `limit` rows: ten times as many as that in all, at most. */
function share(limit: number, places: number): SQL {
  return sql.raw(String(Math.max(1, Math.min(limit, Math.floor((limit * 10) / Math.max(1, places))))));
}

/**
 * Up to `limit` runs that need attention now, in any workspace except those in `except`: the longest overdue, and where
 * there are more, as many of each workspace as of the others. Reads about as many rows as it returns, and two for each
 * workspace that has anything due, now or later.
 */
export async function dueRuns(db: DbHandle, limit: number, except: readonly string[]): Promise<RunKey[]> {
  const first = await db.execute<RunKey>(sql`
    select id, workspace_id as "workspaceId" from runs where due_at <= now() order by due_at limit ${limit}`);
  if (first.length < limit) return first.filter(({ workspaceId }) => !except.includes(workspaceId));
  // Compared as pairs, so that only the index of both gives the order: that of all times leads through other workspaces.
  return inIndexOrder(db, async (tx) => {
    const overdue = await overdueWorkspaces(tx, except);
    return tx.execute<RunKey>(sql`
      select due.id, due.workspace_id as "workspaceId" from unnest(${sql.param(overdue)}::text[]) as o(workspace_id)
      cross join lateral (
        select r.id, r.workspace_id, r.due_at, row_number() over (order by r.due_at) as place from (
          select id, workspace_id, due_at from runs
          where due_at is not null and (workspace_id, due_at) >= (o.workspace_id, '-infinity')
            and (workspace_id, due_at) <= (o.workspace_id, now())
          order by workspace_id, due_at limit ${share(limit, overdue.length)}) r
      ) due
      order by due.place, due.due_at limit ${limit}`);
  });
}

/** Goes from workspace to workspace through the index. */
async function overdueWorkspaces(tx: Transaction, except: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    with recursive places(id, due_at) as (
      (select workspace_id, due_at from runs where due_at is not null order by workspace_id, due_at limit 1)
      union all
      select next.workspace_id, next.due_at from places p cross join lateral (
        select r.workspace_id, r.due_at from runs r where r.due_at is not null and r.workspace_id > p.id
        order by r.workspace_id, r.due_at limit 1) next
    )
    select id from places where due_at <= now() and id <> all(${sql.param(except)}::text[])`);
  return rows.map(({ id }) => id);
}

/** Runs of version `v` that nothing keeps waiting but that it had not been pushed, as the index defines them. */
const waitForVersion = sql`r.workspace_id = v.workspace_id and r.workflow_id = v.workflow_id and r.version = v.version
  and r.version_id is null and r.status = 'pending' and r.status_reason = 'pending_version'`;

/**
 * Up to `limit` runs whose version was pushed after they were triggered. In any workspace except those in `except`, as
 * many from each as from the others. Without the definitions: two hundred runs may wait for one of a megabyte.
 */
export async function runsWithVersion(db: DbHandle, limit: number, except: readonly string[]): Promise<RunKey[]> {
  const awaited = await db.execute<{ id: string }>(sql`
    select v.id from ${versionRows("v")} cross join lateral (
      select from runs r where ${waitForVersion} order by r.created_at limit 1) one
    where v.awaited and v.workspace_id <> all(${sql.param(except)}::text[])`);
  if (awaited.length === 0) return [];
  return db.execute<RunKey>(sql`
    select next.id, next.workspace_id as "workspaceId" from ${versionRows("v")} cross join lateral (
      select r.id, r.workspace_id, r.created_at from runs r where ${waitForVersion}
      order by r.created_at limit ${share(limit, awaited.length)}
    ) next
    where v.id = any(${sql.param(awaited.map(({ id }) => id))}::text[])
    order by row_number() over (partition by next.workspace_id order by next.created_at) limit ${limit}`);
}

/** Sets a pending run's time or version; what it waits for then follows from them. */
export async function updatePending(
  tx: Transaction,
  run: RunKey,
  set: Partial<Pick<RunRow, "startAt" | "versionId" | "dueAt" | "expiresAt" | "maxDurationMs">>,
): Promise<void> {
  await tx
    .update(runs)
    .set(set)
    .where(and(eq(runs.workspaceId, run.workspaceId), eq(runs.id, run.id)));
}
