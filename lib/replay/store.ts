import { and, eq, or, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { runRows } from "#/db/readable/runs.ts";
import { workspaceRows } from "#/db/readable/tenancy.ts";
import { nodeMappings } from "#/db/schema/replay.ts";
import { replayQuota } from "#/lib/contract/replay.ts";

export type MappingRow = typeof nodeMappings.$inferSelect;
export type QuotaUse = { used: number; resetMs: number; retryAfterMs: number };

/**
 * Replays accepted in the rolling window, by database time; replays inside a replay do not count. Exact when the caller
 * holds the workspace's lock. `retryAfterMs` is when one of the quota returns (0 while there is some left), `resetMs`
 * when all of it has.
 */
export async function quotaUse(db: DbHandle, workspaceId: string): Promise<QuotaUse> {
  const since = sql`clock_timestamp() - make_interval(secs => ${replayQuota.windowMs / 1000})`;
  const ages = await db.execute<{ ageMs: number }>(sql`
    select extract(epoch from clock_timestamp() - at)::float8 * 1000 as "ageMs" from (
      select created_at as at from ${runRows("run")}
      where workspace_id = ${workspaceId} and replay_of is not null and parent_run is null and created_at > ${since}
      union all
      select at from ${workspaceRows("workspace")}, unnest(deleted_replays) as at where id = ${workspaceId} and at > ${since}) accepted
    order by at desc limit ${replayQuota.limit}`);
  const left = ages.map(({ ageMs }) => Math.max(0, Math.ceil(replayQuota.windowMs - ageMs)));
  const full = left.length >= replayQuota.limit;
  return { used: left.length, resetMs: left[0] ?? 0, retryAfterMs: full ? (left.at(-1) ?? 0) : 0 };
}

/** The mappings of the pair that `author` may see: the author's private one first, then the shared one. */
export async function listMappings(
  db: DbHandle,
  workspaceId: string,
  pair: { workflowId: string; from: number; to: number },
  author: string | null,
): Promise<MappingRow[]> {
  return db
    .select()
    .from(nodeMappings)
    .where(and(...pairConditions(workspaceId, pair), visibleTo(author)))
    .orderBy(nodeMappings.visibility);
}

/**
 * Creates or replaces the mapping of the pair: the author's own, or the shared one, which keeps its author. Null when
 * that one is another's and `whoever` does not allow changing it.
 */
export async function upsertMapping(
  tx: Transaction,
  row: Omit<typeof nodeMappings.$inferInsert, "revision" | "updatedAt">,
  may: { whoever: boolean },
): Promise<MappingRow | null> {
  const isPrivate = row.visibility === "private";
  const [saved] = await tx
    .insert(nodeMappings)
    .values(row)
    .onConflictDoUpdate({
      target: isPrivate
        ? [nodeMappings.workflowId, nodeMappings.fromVersion, nodeMappings.toVersion, nodeMappings.author]
        : [nodeMappings.workflowId, nodeMappings.fromVersion, nodeMappings.toVersion],
      targetWhere: isPrivate ? sql`visibility = 'private'` : sql`visibility = 'shared'`,
      set: {
        pairs: row.pairs,
        revision: sql`${nodeMappings.revision} + 1`,
        updatedAt: sql`now()`,
      },
      ...(may.whoever ? {} : { setWhere: eq(nodeMappings.author, row.author) }),
    })
    .returning();
  return saved ?? null;
}

/** Deletes a mapping that `author` made or that is shared; null when there is none. */
export async function deleteMappingRow(
  tx: Transaction,
  workspaceId: string,
  id: string,
  author: string | null,
): Promise<MappingRow | null> {
  const [row] = await tx
    .delete(nodeMappings)
    .where(and(eq(nodeMappings.workspaceId, workspaceId), eq(nodeMappings.id, id), visibleTo(author)))
    .returning();
  return row ?? null;
}

/** Deletes the author's private mapping of the pair. Returns its id, or null when there was none. */
export async function deleteOwnMapping(
  tx: Transaction,
  workspaceId: string,
  pair: { workflowId: string; from: number; to: number },
  author: string,
): Promise<string | null> {
  const [row] = await tx
    .delete(nodeMappings)
    .where(
      and(
        ...pairConditions(workspaceId, pair),
        eq(nodeMappings.visibility, "private"),
        eq(nodeMappings.author, author),
      ),
    )
    .returning({ id: nodeMappings.id });
  return row?.id ?? null;
}

function pairConditions(workspaceId: string, pair: { workflowId: string; from: number; to: number }) {
  return [
    eq(nodeMappings.workspaceId, workspaceId),
    eq(nodeMappings.workflowId, pair.workflowId),
    eq(nodeMappings.fromVersion, pair.from),
    eq(nodeMappings.toVersion, pair.to),
  ];
}

function visibleTo(author: string | null) {
  return or(eq(nodeMappings.visibility, "shared"), author === null ? undefined : eq(nodeMappings.author, author));
}

/** The database's clock, after any wait for a lock: the time at which an accepted replay counts. */
export async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.execute<{ at: Date | string }>(sql`select clock_timestamp() as at`);
  return new Date(row?.at ?? Date.now());
}
