import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Transaction } from "#/db/client.ts";
import { runs } from "#/db/schema/runs.ts";
import { keepDeletedReplays } from "#/lib/tenancy/workspace-store.ts";

/** A run with the runs inside it (its child runs, and theirs). */
export async function runFamily(
  tx: Transaction,
  workspaceId: string,
  id: string,
): Promise<{ id: string; final: boolean }[]> {
  return tx.execute<{ id: string; final: boolean }>(sql`
    with recursive family as (
      select id, finished_at from runs where workspace_id = ${workspaceId} and id = ${id}
      union all select r.id, r.finished_at from runs r join family f on r.parent_run = f.id)
    select id, finished_at is not null as final from family`);
}

/**
 * Runs that have not ended and still read from these: the run around them, their replays, runs that reuse their steps.
 */
export async function openDependents(tx: Transaction, workspaceId: string, ids: string[]): Promise<string[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    with gone as (select unnest(${sql.param(ids)}::text[]) as id)
    select o.id from runs o
    where o.workspace_id = ${workspaceId} and o.finished_at is null and (
      o.replay_of in (select id from gone)
      or o.id in (select r.parent_run from runs r join gone on gone.id = r.id)
      or o.id in (select s.run_id from spans s where s.reused_run in (select id from gone)))
    order by o.id limit 10`);
  return rows.map((row) => row.id);
}

/** When the replays among these runs were accepted, if in the last minute. A replay's own child runs do not count. */
async function justAccepted(tx: Transaction, workspaceId: string, ids: string[]): Promise<Date[]> {
  const rows = await tx
    .select({ at: runs.createdAt })
    .from(runs)
    .where(
      and(
        eq(runs.workspaceId, workspaceId),
        inArray(runs.id, ids),
        isNotNull(runs.replayOf),
        isNull(runs.parentRun),
        sql`${runs.createdAt} > clock_timestamp() - interval '60 seconds'`,
      ),
    );
  return rows.map(({ at }) => at);
}

/**
 * Deletes runs with bodies, spans, events, logs and skeletons (the foreign keys cascade). Replays that were accepted in
 * the last minute leave their time behind, since they go on counting against the quota. The caller holds the
 * workspace's lock.
 */
export async function deleteRuns(tx: Transaction, workspaceId: string, ids: string[]): Promise<number> {
  await keepDeletedReplays(tx, workspaceId, await justAccepted(tx, workspaceId, ids));
  const rows = await tx.execute(sql`
    delete from runs where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::text[]) and finished_at is not null
    returning id`);
  return rows.length;
}

/**
 * Runs that ended longer ago than the workspace's retention, oldest first. Two kinds are left out until what holds them
 * is deleted too: a run inside a run that is kept, and one that an open run, or a reused step of a kept run, still
 * reads.
 */
export async function agedRuns(tx: Transaction, workspaceId: string, days: number, limit: number): Promise<string[]> {
  const before = sql`now() - make_interval(days => ${days})`;
  const rows = await tx.execute<{ id: string }>(sql`
    select r.id from runs r
    where r.workspace_id = ${workspaceId} and r.finished_at < ${before}
      and not exists (select 1 from runs p where p.id = r.parent_run)
      and not exists (
        select 1 from runs o where o.workspace_id = ${workspaceId} and o.replay_of = r.id and o.finished_at is null)
      and not exists (
        select 1 from spans s join runs k on k.id = s.run_id
        where s.reused_run = r.id and (k.finished_at is null or k.finished_at >= ${before}))
    order by r.finished_at limit ${limit}`);
  return rows.map((row) => row.id);
}
