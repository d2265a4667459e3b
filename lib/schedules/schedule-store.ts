import { and, eq, getTableColumns, notInArray, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { workflowRows } from "#/db/readable/workflows.ts";
import { schedules } from "#/db/schema/schedules.ts";

export type ScheduleRow = typeof schedules.$inferSelect;
export type NewSchedule = typeof schedules.$inferInsert;
export type ScheduleWithSlug = ScheduleRow & { slug: string };

const workflow = workflowRows("workflow");
const withSlug = { ...getTableColumns(schedules), slug: workflow.slug };
const isSchedule = (workspaceId: string, id: string) =>
  and(eq(schedules.workspaceId, workspaceId), eq(schedules.id, id));

export async function insertSchedule(tx: Transaction, row: NewSchedule): Promise<void> {
  await tx.insert(schedules).values(row);
}

export async function findSchedule(db: DbHandle, workspaceId: string, id: string): Promise<ScheduleWithSlug | null> {
  const [row] = await db
    .select(withSlug)
    .from(schedules)
    .innerJoin(workflow, eq(workflow.id, schedules.workflowId))
    .where(isSchedule(workspaceId, id));
  return row ?? null;
}

/** Newest first; one row more than `limit` where there is a next page. */
export function selectSchedules(
  db: DbHandle,
  workspaceId: string,
  page: { limit: number; after: { createdAt: string; id: string } | null },
): Promise<ScheduleWithSlug[]> {
  return db
    .select(withSlug)
    .from(schedules)
    .innerJoin(workflow, eq(workflow.id, schedules.workflowId))
    .where(and(eq(schedules.workspaceId, workspaceId), behindRow(schedules, page.after)))
    .orderBy(sql`${schedules.createdAt} desc`, sql`${schedules.id} desc`)
    .limit(page.limit + 1);
}

export function countSchedules(db: DbHandle, workspaceId: string): Promise<number> {
  return db.$count(schedules, eq(schedules.workspaceId, workspaceId));
}

/** The schedule as it is now, locked until the transaction ends. */
export async function lockSchedule(tx: Transaction, workspaceId: string, id: string): Promise<ScheduleRow | null> {
  const [row] = await tx.select().from(schedules).where(isSchedule(workspaceId, id)).for("update");
  return row ?? null;
}

export async function updateSchedule(
  tx: Transaction,
  workspaceId: string,
  id: string,
  set: Partial<NewSchedule>,
): Promise<void> {
  await tx.update(schedules).set(set).where(isSchedule(workspaceId, id));
}

/** False when there is none. */
export async function deleteScheduleRow(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  const rows = await tx.delete(schedules).where(isSchedule(workspaceId, id)).returning({ id: schedules.id });
  return rows.length > 0;
}

/** Schedules whose tick has come, the longest due first, without those of the workspaces `except`. */
export function dueSchedules(
  db: DbHandle,
  limit: number,
  except: readonly string[],
): Promise<{ id: string; workspaceId: string }[]> {
  return db
    .select({ id: schedules.id, workspaceId: schedules.workspaceId })
    .from(schedules)
    .where(and(sql`${schedules.nextAt} <= clock_timestamp()`, notInArray(schedules.workspaceId, [...except])))
    .orderBy(schedules.nextAt)
    .limit(limit);
}
