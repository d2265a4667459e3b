import { sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";

/** A run with the runs inside of it (its child runs, and theirs). */
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

/** Runs that have not ended and still read what these hold: the run around them, replays of them, re-users of their steps. */
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

/**
 * Deletes runs with bodies, spans, events, logs and skeletons (the foreign keys cascade). Replays that were accepted in
 * the last minute leave their time behind, since they go on counting against the quota. The caller holds the
 * workspace's lock.
 */
export async function deleteRuns(tx: Transaction, workspaceId: string, ids: string[]): Promise<number> {
  await tx.execute(sql`
    update workspaces set deleted_replays = array(
      select t from unnest(deleted_replays) t where t > clock_timestamp() - interval '60 seconds'
      union all
      select created_at from runs where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::text[])
        and replay_of is not null and parent_run is null and created_at > clock_timestamp() - interval '60 seconds')
    where id = ${workspaceId} and (cardinality(deleted_replays) > 0 or exists (
      select 1 from runs where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::text[])
        and replay_of is not null and created_at > clock_timestamp() - interval '60 seconds'))`);
  const rows = await tx.execute(sql`
    delete from runs where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::text[]) and finished_at is not null
    returning id`);
  return rows.length;
}

export type Retention = { workspaceId: string; accountId: string; slug: string; name: string; days: number };

/** Workspaces that do not keep runs for good. */
export async function workspacesWithRetention(db: DbHandle): Promise<Retention[]> {
  const rows = await db.execute<Retention>(sql`
    select id as "workspaceId", account_id as "accountId", slug, name, retention_days as days
    from workspaces where retention_days is not null order by id`);
  return [...rows];
}

/**
 * Runs that ended longer ago than the workspace keeps them, oldest first. Left out, until what holds them goes too: a run
 * inside of a run that is kept, and one that an open run or a kept run's re-used steps still read.
 */
export async function agedRuns(tx: Transaction, { workspaceId, days }: Retention, limit: number): Promise<string[]> {
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
