import { sql } from "drizzle-orm";
import { fromDrizzle, PgBoss } from "pg-boss";
import { database, type DbHandle } from "#/db/client.ts";
import { env } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { lease } from "./lease.ts";

/** pg-boss behind six verbs. Nothing of value lives in it: its schema can be dropped and refilled from `runs`. */
export const queues = {
  runs: "runs",
  deadRuns: "runs-dead",
} as const;
export type QueueName = (typeof queues)[keyof typeof queues];

export type RunJob = { runId: string; workspaceId: string };
/** A job in hand. `retryCount` identifies the attempt: a call about a job that another worker now has does nothing. */
export type HeldJob = { id: string; retryCount: number; data: RunJob };

const live = globalThis as { repriseBoss?: Promise<PgBoss> };

/** pg-boss brings its own pool: its housekeeping uses statements that a shared postgres.js pool refuses. */
async function start(options: { supervise: boolean }): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: env("DATABASE_URL"),
    max: options.supervise ? 4 : 2,
    schema: "pgboss",
    schedule: false,
    migrate: false,
    supervise: options.supervise,
    superviseIntervalSeconds: lease.supervisedEveryMs / 1000,
    monitorIntervalSeconds: lease.monitoredEveryMs / 1000,
  });
  boss.on("error", (error) => logger.error({ err: error }, "queue error"));
  return boss.start();
}

/** The process's queue. The worker supervises (finds lost jobs); the web process only sends. */
function queue(): Promise<PgBoss> {
  live.repriseBoss ??= start({ supervise: false }).catch((error: unknown) => {
    live.repriseBoss = undefined;
    throw error;
  });
  return live.repriseBoss;
}

/** Makes this process a supervisor: jobs whose lease has expired go back to the queue. */
export async function superviseQueue(): Promise<void> {
  const before = live.repriseBoss;
  live.repriseBoss = start({ supervise: true });
  await live.repriseBoss;
  // What only sent, or supervised already, would keep its connections and go on asking.
  await ended(before);
}

/** Creates or updates the queue's schema and queues in the database at `url`; part of a migration. */
export async function migrateQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: "pgboss", schedule: false, supervise: false, max: 2 });
  await boss.start();
  await installQueues(boss);
  await boss.stop({ graceful: false });
}

async function installQueues(boss: PgBoss): Promise<void> {
  const base = { deleteAfterSeconds: 3600, retentionSeconds: 31_536_000 };
  await boss.createQueue(queues.deadRuns, { ...base, retryLimit: 1000, retryDelay: 5 });
  await boss.createQueue(queues.runs, {
    ...base,
    // The most that pg-boss accepts: the default of 15 minutes would start long runs a second time.
    expireInSeconds: 86_399,
    heartbeatSeconds: lease.expiresAfterMs / 1000,
    retryLimit: lease.holders - 1,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 30,
    deadLetter: queues.deadRuns,
  });
  // An existing queue keeps its settings.
  await boss.updateQueue(queues.runs, { retryLimit: lease.holders - 1 });
}

/** Puts jobs into the queue, in the caller's transaction. Higher priority first. */
export async function send(db: DbHandle, jobs: (RunJob & { priority: number })[]): Promise<void> {
  if (jobs.length === 0) return;
  const boss = await queue();
  const rows = jobs.map(({ priority, ...data }) => ({ data, priority, group: { id: data.workspaceId } }));
  await boss.insert(queues.runs, rows, { db: fromDrizzle(db, sql) });
}

/**
 * Claims up to `limit` jobs, highest priority and oldest first, from no workspace in `except`. Uses our own pool, which
 * prepares repeated statements.
 */
export async function fetch(name: QueueName, limit: number, except: string[] = []): Promise<HeldJob[]> {
  const boss = await queue();
  const options = { batchSize: limit, ignoreGroups: except, db: fromDrizzle(database(), sql) };
  const jobs = await boss.fetch<RunJob>(name, options);
  return jobs.map(({ id, retryCount, data }) => ({ id, retryCount, data }));
}

/** Sends heartbeats for the jobs in hand, so that they stay ours. */
export async function touch(jobs: HeldJob[]): Promise<void> {
  if (jobs.length > 0) await (await queue()).touch(queues.runs, jobs);
}

/** Which of these runs have an unfinished job, in any queue. */
export async function runsInQueue(db: DbHandle, runIds: string[]): Promise<Set<string>> {
  if (runIds.length === 0) return new Set();
  const rows = await db.execute<{ run: string }>(sql`
    select data->>'runId' as run from pgboss.job
    where name in (${queues.runs}, ${queues.deadRuns}) and state < 'completed'
      and data->>'runId' = any(${sql.param(runIds)}::text[])`);
  return new Set(rows.map((row) => row.run));
}

/** Unfinished jobs, by queue and state. */
export async function openJobs(db: DbHandle): Promise<{ queue: string; state: string; count: number }[]> {
  const rows = await db.execute<{ queue: string; state: string; count: number }>(sql`
    select name as queue, state::text as state, count(*)::int as count from pgboss.job
    where name in (${queues.runs}, ${queues.deadRuns}) and state < 'completed' group by 1, 2`);
  return [...rows];
}

/** Completes the jobs, in the caller's transaction. */
export async function complete(db: DbHandle, name: QueueName, jobs: HeldJob[]): Promise<void> {
  if (jobs.length > 0) await (await queue()).complete(name, jobs, null, { db: fromDrizzle(db, sql) });
}

/** Puts the job back for a later retry, or into the dead letters when its retries are used up. */
export async function fail(name: QueueName, job: HeldJob, reason: string): Promise<void> {
  await (await queue()).fail(name, job, { reason });
}

/** Whether the queue gives the job to nobody else when this attempt fails. Pure. */
export function isLastTry({ retryCount }: HeldJob): boolean {
  return retryCount >= lease.holders - 1;
}

/** Stops heartbeats and supervision; jobs in hand stay ours until their lease expires. */
export async function stopQueue(): Promise<void> {
  const boss = live.repriseBoss;
  live.repriseBoss = undefined;
  await ended(boss);
}

async function ended(boss: Promise<PgBoss> | undefined): Promise<void> {
  await (await boss?.catch(() => null))?.stop({ graceful: false });
}
