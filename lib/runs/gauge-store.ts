import { sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { workspaceRows } from "#/db/readable/tenancy.ts";

/** Runs that have not ended, by status and reason. Asked per workspace, so that ended runs are not read. */
export async function countOpenRuns(db: DbHandle): Promise<{ status: string; reason: string; count: number }[]> {
  const rows = await db.execute<{ status: string; reason: string; count: number }>(sql`
    select o.status, coalesce(o.status_reason, '') as reason, count(*)::int as count
    from ${workspaceRows("w")}
    cross join unnest(array['pending', 'running', 'waiting', 'paused']) as s(status)
    cross join lateral (
      select r.status, r.status_reason from runs r where r.workspace_id = w.id and r.status = s.status) o
    group by 1, 2`);
  return [...rows];
}

/** How long the oldest run that could start has been waiting for a slot, in seconds; 0 when none is waiting. */
export async function oldestQueuedSeconds(db: DbHandle): Promise<number> {
  const [row] = await db.execute<{ seconds: number | null }>(sql`
    select extract(epoch from now() - min(oldest.created_at))::float8 as seconds
    from ${workspaceRows("w")}
    cross join lateral (
      select created_at from runs r where r.workspace_id = w.id and r.status = 'pending' and r.admitted_at is null
        and r.status_reason = 'queued'
      order by created_at limit 1) oldest`);
  return Math.max(0, row?.seconds ?? 0);
}
