import { and, eq, sql, type SQL } from "drizzle-orm";
import { database, type Transaction } from "#/db/client.ts";
import { runs } from "#/db/schema/runs.ts";

/**
 * The clock of `maxDurationMs`. While it runs, `deadline_at` says when the run's time is up; while it is stopped,
 * `remaining_ms` says what is left (null = it never ran). lifecycle.ts decides when it runs.
 */

/** Columns of a run whose clock runs from now on; one that already runs keeps its deadline. */
export function runningClock(): { deadlineAt: SQL } {
  const left = sql`coalesce(${runs.remainingMs}, ${runs.maxDurationMs})`;
  return {
    deadlineAt: sql`coalesce(${runs.deadlineAt}, now() + make_interval(secs => ${left} / 1000.0))`,
  };
}

/** Columns of a run whose clock is stopped from now on; one that is already stopped keeps what is left. */
export function standingClock(): { deadlineAt: SQL; remainingMs: SQL } {
  const left = sql`greatest(0, floor(extract(epoch from ${runs.deadlineAt} - now()) * 1000))::bigint`;
  return {
    deadlineAt: sql`null`,
    remainingMs: sql`case when ${runs.deadlineAt} is null then ${runs.remainingMs} else ${left} end`,
  };
}

/** A run that someone works on, or that only rests between two attempts of a call. */
const atWork = sql`(r.status = 'running' or (r.status = 'waiting' and r.status_reason = 'retry_backoff'))`;

function insideOf(id: SQL): SQL {
  return sql`with recursive inside as (
    select first.id, first.status, first.status_reason from runs first
    where first.parent_run = ${id} and first.finished_at is null
    union all
    select c.id, c.status, c.status_reason from inside join runs c on c.parent_run = inside.id and c.finished_at is null
  )`;
}

/**
 * Stops the clocks of a run that someone let go, and of those around it: of each that waits and in which nothing goes
 * on, neither in the runs inside it nor in its own steps. Call it when the run's status is written: of two that are let
 * go together, the later one sees both. The caller holds the workspace's lock.
 */
export async function stopClocksAround(tx: Transaction, runId: string): Promise<void> {
  await tx
    .update(runs)
    .set({
      ...standingClock(),
      dueAt: sql`(select min(s.wake_at) from spans s where s.run_id = ${runs.id} and s.status = 'waiting')`,
    })
    .where(
      sql`${runs.id} in (${around(runId)}) and ${runs.status} = 'waiting' and ${runs.deadlineAt} is not null
        and not exists (${insideOf(sql`${runs.id}`)} select 1 from inside r where ${atWork})
        and not exists (select 1 from spans s where s.run_id = ${runs.id} and s.status = 'waiting'
          and s.kind not in ('wait', 'workflow', 'map', 'item'))`,
    );
}

/**
 * Starts the clocks of the runs that wait around this one, since someone works on it from now on. Each row is locked
 * first, by itself: whoever is just about to write that it waits, without yet seeing that this one is at work, comes
 * before.
 */
export async function startClocksAround(runId: string): Promise<void> {
  const limited = await database()
    .select({ id: runs.id })
    .from(runs)
    .where(sql`${runs.id} in (${around(runId)}) and ${runs.id} <> ${runId} and ${runs.maxDurationMs} is not null`);
  const { deadlineAt } = runningClock();
  for (const { id } of limited)
    await database().transaction(async (tx) => {
      await tx.select({ id: runs.id }).from(runs).where(eq(runs.id, id)).for("update");
      await tx
        .update(runs)
        .set({ deadlineAt, dueAt: sql`least(${runs.dueAt}, ${deadlineAt})` })
        .where(and(eq(runs.id, id), sql`${runs.status} = 'waiting'`));
    });
}

/** A run and all that it runs inside. */
function around(runId: string): SQL {
  return sql`with recursive up as (
    select id, parent_run from runs where id = ${runId}
    union all
    select p.id, p.parent_run from up join runs p on p.id = up.parent_run
  ) select id from up`;
}
