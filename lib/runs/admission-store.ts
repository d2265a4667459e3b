import { sql } from "drizzle-orm";
import { fixedText } from "#/db/built-once.ts";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { workspaceRows } from "#/db/readable/tenancy.ts";
import { send } from "#/lib/queue/boss.ts";
import { channelName } from "#/lib/queue/notify.ts";

/** How far into the queue an admission looks for runs whose concurrency key is free. */
const window = 1000;

/**
 * Runs of workspace `w` that wait for a slot, written as the indexes runs_backlog and runs_backlog_keyed define them.
 */
const queuedHere = sql`r.workspace_id = w.id and r.status = 'pending' and r.status_reason = 'queued' and r.admitted_at is null`;
const inOrder = sql`priority desc, created_at, id`;

/**
 * Reads no more rows than slots are free, except for runs with a concurrency key: each of those may be blocked. What
 * follows names the workspaces.
 */
const admitting = fixedText(sql`update runs set admitted_at = now(), dequeued_at = coalesce(dequeued_at, now())
    where id in (
      select next.id from ${workspaceRows("w")}
      cross join lateral (
        select greatest(0, w.max_running - count(*)) as slots from runs held
        where held.workspace_id = w.id and held.admitted_at is not null
      ) free
      cross join lateral (
        select id from (
          (select id, priority, created_at from runs r
            where ${queuedHere} and r.concurrency_key is null order by ${inOrder} limit free.slots)
          union all
          (select id, priority, created_at from (
              select id, priority, created_at, row_number() over (partition by workflow_id, concurrency_key
                  order by (started_at is not null) desc, ${inOrder}) as place,
                exists (
                  select 1 from runs busy where busy.workspace_id = k.workspace_id and busy.workflow_id = k.workflow_id
                    and busy.concurrency_key = k.concurrency_key and busy.id <> k.id
                    and busy.finished_at is null and (busy.admitted_at is not null or busy.started_at is not null)
                ) as blocked
              from (select * from runs r where ${queuedHere} and r.concurrency_key is not null
                order by ${inOrder} limit case when free.slots = 0 then 0 else ${sql.raw(String(window))} end) k
            ) keyed
            where place = 1 and not blocked order by ${inOrder} limit free.slots)
        ) candidates
        order by ${inOrder} limit free.slots
      ) next`);

/**
 * Admits queued runs of workspaces while fewer than `max_running` of one hold a slot, highest priority and oldest
 * first, and puts their jobs into the queue. Runs of a workflow that share a concurrency key go one at a time; one that
 * has started goes first. The caller holds the workspaces' locks. Returns the ids admitted.
 */
export async function admit(tx: Transaction, workspaceIds: readonly string[]): Promise<string[]> {
  const admitted = await tx.execute<{ id: string; workspace_id: string; priority: number }>(sql`
    with admitted as (
      ${admitting} where w.id = any(${sql.param([...new Set(workspaceIds)])}::text[])) returning id, workspace_id, priority
    )
    select id, workspace_id, priority, pg_notify(${channelName("jobs")}, '') from admitted`);
  const jobs = admitted.map(({ id, workspace_id, priority }) => ({ runId: id, workspaceId: workspace_id, priority }));
  await send(tx, jobs);
  return jobs.map((job) => job.runId);
}

/**
 * Up to `limit` workspaces, without those in `except`, that have queued runs and room for them: a slot was lost, or a
 * process died before it admitted.
 */
export async function workspacesWithBacklog(db: DbHandle, limit: number, except: readonly string[]): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select w.id from ${workspaceRows("w")}
    where w.id <> all(${sql.param(except)}::text[]) and exists (select 1 from runs r where ${queuedHere})
      and (select count(*) from runs r where r.workspace_id = w.id and r.admitted_at is not null) < w.max_running
    limit ${limit}`);
  return rows.map((row) => row.id);
}
