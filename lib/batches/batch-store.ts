import { and, asc, eq, inArray, notInArray, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { runRows } from "#/db/readable/runs.ts";
import { workspaceRows } from "#/db/readable/tenancy.ts";
import { replayBatches, replayBatchItems } from "#/db/schema/batches.ts";
import type { BatchItemStatus } from "#/lib/contract/batch.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { replayQuota } from "#/lib/contract/replay.ts";
import { DomainError } from "#/lib/core/errors.ts";
import type { EffectsSummary } from "#/lib/contract/run.ts";
import type { RunStatus } from "#/lib/contract/status.ts";

export type BatchRow = typeof replayBatches.$inferSelect;
export type BatchItemRow = typeof replayBatchItems.$inferSelect;
type BatchKey = Pick<BatchRow, "id" | "workspaceId">;

const replays = runRows("replays");
const isBatch = ({ id, workspaceId }: BatchKey) =>
  and(eq(replayBatches.workspaceId, workspaceId), eq(replayBatches.id, id));
const isRunningIn = (workspaceId: string) =>
  and(eq(replayBatches.workspaceId, workspaceId), eq(replayBatches.status, "running"));
const ofBatch = ({ id, workspaceId }: BatchKey) =>
  and(eq(replayBatchItems.workspaceId, workspaceId), eq(replayBatchItems.batchId, id));

/** Stores a batch and its items, all of which wait, in the order of `runIds`. */
export async function insertBatch(
  tx: Transaction,
  row: Omit<typeof replayBatches.$inferInsert, "queued">,
  runIds: readonly string[],
): Promise<BatchRow> {
  const [batch] = await tx
    .insert(replayBatches)
    .values({ ...row, queued: runIds.length })
    .returning();
  await tx.execute(sql`
    insert into replay_batch_items (batch_id, workspace_id, position, run_id)
    select ${row.id}, ${row.workspaceId}, place, id
    from unnest(${sql.param([...runIds])}::text[]) with ordinality as chosen (id, place)`);
  return batch as BatchRow;
}

/** One page of the workspace's batches, newest first; one row more than `limit` where there is a next page. */
export function selectBatches(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: { createdAt: string; id: string } | null },
): Promise<BatchRow[]> {
  return db
    .select()
    .from(replayBatches)
    .where(and(eq(replayBatches.workspaceId, workspaceId), behindRow(replayBatches, page.after)))
    .orderBy(sql`${replayBatches.createdAt} desc`, sql`${replayBatches.id} desc`)
    .limit(page.limit + 1);
}

export async function findBatch(db: DbHandle, workspaceId: string, id: string): Promise<BatchRow | null> {
  const [row] = await db.select().from(replayBatches).where(isBatch({ id, workspaceId }));
  return row ?? null;
}

/** The batch as it is now; nobody changes it or submits for it until the transaction ends. */
export async function lockBatch(tx: Transaction, { id, workspaceId }: BatchKey): Promise<BatchRow | null> {
  const [row] = await tx.select().from(replayBatches).where(isBatch({ id, workspaceId })).for("update");
  return row ?? null;
}

/** Changes a batch that the caller has locked. */
export async function updateBatch(
  tx: Transaction,
  batch: BatchKey,
  set: Partial<typeof replayBatches.$inferInsert>,
): Promise<BatchRow> {
  const [row] = await tx.update(replayBatches).set(set).where(isBatch(batch)).returning();
  if (!row) throw new Error("a locked batch is gone");
  return row;
}

/** Gives all items of a locked batch that have one of these statuses another one. Returns how many. */
export async function moveItems(
  tx: Transaction,
  batch: BatchKey,
  from: readonly BatchItemStatus[],
  to: BatchItemStatus,
): Promise<number> {
  const moved = await tx
    .update(replayBatchItems)
    .set({ status: to, code: null, message: null, failures: 0 })
    .where(and(ofBatch(batch), inArray(replayBatchItems.status, [...from])))
    .returning({ position: replayBatchItems.position });
  if (to === "queued") await updateBatch(tx, batch, moreQueued(moved.length));
  else if (from.includes("queued")) await updateBatch(tx, batch, moreQueued(-moved.length));
  return moved.length;
}

/** The first item that still waits; null when none does. */
export async function nextItem(db: DbHandle, batch: BatchKey): Promise<BatchItemRow | null> {
  const [row] = await db
    .select()
    .from(replayBatchItems)
    .where(and(ofBatch(batch), eq(replayBatchItems.status, "queued")))
    .orderBy(asc(replayBatchItems.position))
    .limit(1);
  return row ?? null;
}

type ItemKey = Pick<BatchItemRow, "batchId" | "workspaceId" | "position">;
const isQueued = ({ batchId, workspaceId, position }: ItemKey) =>
  and(
    ofBatch({ id: batchId, workspaceId }),
    eq(replayBatchItems.position, position),
    eq(replayBatchItems.status, "queued"),
  );

const batchOf = ({ batchId, workspaceId }: ItemKey) => ({ id: batchId, workspaceId });
const moreQueued = (more: number) => ({ queued: sql`greatest(0, ${replayBatches.queued} + ${more}::int)` as never });

/** Notes the replay of an item, and that it was its batch's turn. False when the item waits no longer. */
export async function markSubmitted(
  tx: Transaction,
  item: ItemKey,
  accepted: { runId: string; at: Date },
): Promise<boolean> {
  const rows = await tx
    .update(replayBatchItems)
    .set({ status: "submitted", newRunId: accepted.runId, submittedAt: accepted.at })
    .where(isQueued(item))
    .returning({ position: replayBatchItems.position });
  if (rows.length === 0) return false;
  await updateBatch(tx, batchOf(item), { submittedAt: accepted.at, ...moreQueued(-1) });
  return true;
}

/** Notes why an item cannot be replayed, if it still waits. */
export async function markRefused(
  tx: Transaction,
  item: ItemKey,
  refusal: { code: ErrorCode; message: string },
): Promise<void> {
  const rows = await tx
    .update(replayBatchItems)
    .set({ status: "refused", ...refusal })
    .where(isQueued(item))
    .returning({ position: replayBatchItems.position });
  if (rows.length > 0) await updateBatch(tx, batchOf(item), moreQueued(-1));
}

/** Counts a failure that says nothing about the item. */
export async function countFailure(tx: Transaction, item: ItemKey): Promise<void> {
  await tx
    .update(replayBatchItems)
    .set({ failures: sql`${replayBatchItems.failures} + 1` })
    .where(isQueued(item));
}

export type PaceUse = { limit: number; used: number; waitMs: number };

/**
 * Replays of batches in the rolling minute, by database time, deleted ones too, and the workspace's limit of them. Exact when the caller
 * holds the workspace's lock. `waitMs` is when one more is allowed; 0 = now.
 */
export async function paceUse(db: DbHandle, workspaceId: string): Promise<PaceUse> {
  const windowMs = replayQuota.windowMs;
  const [row] = await db.execute<{ limit: number; ages: number[] | null }>(sql`
    select w.batch_pace as limit, (
      select array_agg(age order by age) from (
        select extract(epoch from clock_timestamp() - submitted_at)::float8 * 1000 as age from replay_batch_items
        where workspace_id = ${workspaceId} and submitted_at > clock_timestamp() - make_interval(secs => ${windowMs / 1000})
        order by submitted_at desc limit ${replayQuota.limit}) recent) as ages
    from ${workspaceRows("w")} where w.id = ${workspaceId}`);
  const [limit, ages] = [row?.limit ?? 0, row?.ages ?? []];
  const oldest = ages[limit - 1];
  return { limit, used: ages.length, waitMs: oldest === undefined ? 0 : Math.max(1, Math.ceil(windowMs - oldest)) };
}

/** Workspaces that have running batches which are due, longest due first, without those `except`. */
export async function dueWorkspaces(db: DbHandle, limit: number, except: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ workspaceId: replayBatches.workspaceId })
    .from(replayBatches)
    .where(
      and(
        eq(replayBatches.status, "running"),
        sql`${replayBatches.nextAt} <= clock_timestamp()`,
        notInArray(replayBatches.workspaceId, [...except]),
      ),
    )
    .groupBy(replayBatches.workspaceId)
    .orderBy(sql`min(${replayBatches.nextAt})`)
    .limit(limit);
  return rows.map(({ workspaceId }) => workspaceId);
}

const hasQueued = sql`exists (select from replay_batch_items i where i.batch_id = ${replayBatches.id} and i.status = 'queued')`;

/** The workspace's running batch whose turn it is, of those that have items which wait; null when none has. */
export async function nextBatch(db: DbHandle, workspaceId: string): Promise<BatchRow | null> {
  const [row] = await db
    .select()
    .from(replayBatches)
    .where(and(isRunningIn(workspaceId), hasQueued))
    .orderBy(sql`${replayBatches.submittedAt} nulls first`, replayBatches.id)
    .limit(1);
  return row ?? null;
}

/** Up to `limit` running batches of the workspace of which no item waits and each replay has ended. */
export function endedBatches(db: DbHandle, workspaceId: string, limit: number): Promise<BatchRow[]> {
  const hasOpenRun = sql`exists (select from ${replays} where ${replays.workspaceId} = ${replayBatches.workspaceId}
    and ${replays.batchId} = ${replayBatches.id} and ${replays.finishedAt} is null)`;
  return db
    .select()
    .from(replayBatches)
    .where(and(isRunningIn(workspaceId), sql`not ${hasQueued}`, sql`not ${hasOpenRun}`))
    .limit(limit);
}

/** How many batches of a workspace may run at once. */
const mostRunningBatches = 100;

export type RunningBatch = Pick<BatchRow, "id" | "queued">;

/** The workspace's running batches, with how many of their items wait. */
export function runningBatches(db: DbHandle, workspaceId: string): Promise<RunningBatch[]> {
  const { id, queued } = replayBatches;
  return db.select({ id, queued }).from(replayBatches).where(isRunningIn(workspaceId)).limit(mostRunningBatches);
}

/** Throws `in_use` when no further batch of the workspace may run. The caller holds the workspace's lock. */
export async function assertRoomForBatch(tx: Transaction, workspaceId: string): Promise<void> {
  if ((await tx.$count(replayBatches, isRunningIn(workspaceId))) >= mostRunningBatches)
    throw new DomainError("in_use", `At most ${mostRunningBatches} batches of a workspace run at once.`);
}

/** The running batches of a workspace are looked at again `ms` from now. */
export async function lookAgain(db: DbHandle, workspaceId: string, ms: number): Promise<void> {
  await db
    .update(replayBatches)
    .set({ nextAt: sql`clock_timestamp() + make_interval(secs => ${ms / 1000})` })
    .where(isRunningIn(workspaceId));
}

/** What is known of the replays of batches. */
export type BatchNumbers = {
  items: { status: BatchItemStatus; code: ErrorCode | null; count: number }[];
  runs: { status: RunStatus; count: number }[];
  costMicros: number | null;
  unknownCost: boolean;
  effects: EffectsSummary[];
};

/** Items by status and code, and replays by status, of each of these batches; `null` cost where one is not known. */
export async function batchNumbers(
  db: DbHandle,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, BatchNumbers>> {
  if (ids.length === 0) return new Map();
  const wanted = sql`${sql.param([...ids])}::text[]`;
  const [items, runs] = await Promise.all([
    db.execute<{ batch: string; status: BatchItemStatus; code: ErrorCode | null; count: number }>(sql`
      select batch_id as batch, status, code, count(*)::int as count from replay_batch_items
      where workspace_id = ${workspaceId} and batch_id = any(${wanted}) group by 1, 2, 3`),
    db.execute<{
      batch: string;
      status: RunStatus;
      count: number;
      cost: string | null;
      unknown: boolean;
      effects: EffectsSummary[] | null;
    }>(sql`
      select batch_id as batch, status, count(*)::int as count, sum(cost_micros) as cost,
        coalesce(bool_or(cost_micros is null and finished_at is not null), false) as unknown,
        json_agg(effects) filter (where effects is not null) as effects
      from ${replays} where workspace_id = ${workspaceId} and batch_id = any(${wanted}) group by 1, 2`),
  ]);
  return new Map(
    ids.map((id) => {
      const own = runs.filter(({ batch }) => batch === id);
      return [
        id,
        {
          items: items.filter(({ batch }) => batch === id),
          runs: own,
          costMicros: own.reduce((sum, { cost }) => sum + Number(cost ?? 0), 0),
          unknownCost: own.some(({ unknown }) => unknown),
          effects: own.flatMap(({ effects }) => effects ?? []),
        },
      ];
    }),
  );
}

/** What a batch's replays that have ended cost, as far as it is known, in micro-dollars. */
export async function spentMicros(db: DbHandle, batch: BatchKey): Promise<number> {
  const [row] = await db.execute<{ spent: string }>(sql`
    select coalesce(sum(cost_micros), 0) as spent from ${replays}
    where workspace_id = ${batch.workspaceId} and batch_id = ${batch.id}`);
  return Number(row?.spent ?? 0);
}

/** Whether an item of the batch still waits, or a replay of it has not ended. */
export async function isUnfinished(db: DbHandle, batch: BatchKey): Promise<boolean> {
  const [row] = await db.execute<{ unfinished: boolean }>(sql`
    select exists (select from replay_batch_items where batch_id = ${batch.id} and status = 'queued')
      or exists (select from ${replays} where workspace_id = ${batch.workspaceId} and batch_id = ${batch.id}
        and finished_at is null) as unfinished`);
  return row?.unfinished ?? false;
}

/** The batch's replays that have not ended. */
export async function unfinishedRuns(db: DbHandle, batch: BatchKey): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from ${replays} where workspace_id = ${batch.workspaceId} and batch_id = ${batch.id}
      and finished_at is null order by id`);
  return rows.map(({ id }) => id);
}

export type BatchItemRead = BatchItemRow & {
  runStatus: RunStatus | null;
  sourceStatus: RunStatus | null;
  costMicros: number | null;
  effects: EffectsSummary | null;
};

/** One page of a batch's items in their order, with what became of their runs; one row more than `limit`. */
export async function selectItems(
  db: DbHandle,
  batch: BatchKey,
  page: { statuses: readonly BatchItemStatus[]; limit: number; after: number | null },
): Promise<BatchItemRead[]> {
  const source = runRows("source");
  const rows = await db
    .select({
      item: replayBatchItems,
      runStatus: replays.status,
      sourceStatus: source.status,
      costMicros: replays.costMicros,
      effects: replays.effects,
    })
    .from(replayBatchItems)
    .leftJoin(replays, and(eq(replays.workspaceId, batch.workspaceId), eq(replays.id, replayBatchItems.newRunId)))
    .leftJoin(source, and(eq(source.workspaceId, batch.workspaceId), eq(source.id, replayBatchItems.runId)))
    .where(
      and(
        ofBatch(batch),
        page.statuses.length > 0 ? inArray(replayBatchItems.status, [...page.statuses]) : undefined,
        page.after === null ? undefined : sql`${replayBatchItems.position} > ${page.after}`,
      ),
    )
    .orderBy(asc(replayBatchItems.position))
    .limit(page.limit + 1);
  return rows.map(({ item, ...read }) => ({ ...item, ...read }));
}
