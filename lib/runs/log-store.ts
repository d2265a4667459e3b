import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { runLogs } from "#/db/schema/runs.ts";
import type { LogFilter } from "#/lib/contract/log.ts";
import { logLevels } from "#/lib/contract/status.ts";

export type LogRow = typeof runLogs.$inferSelect;

/** Lines of a run in order, after `filter.after`; at most `limit`. */
export async function selectLogs(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  filter: LogFilter,
  limit: number,
): Promise<LogRow[]> {
  const { level, spanId, after } = filter;
  const inside = sql`with recursive inside as (
      select ${spanId}::text as id
      union all select s.id from spans s join inside i on s.parent_id = i.id where s.run_id = ${runId})
    select id from inside`;
  return db
    .select()
    .from(runLogs)
    .where(
      and(
        eq(runLogs.workspaceId, workspaceId),
        eq(runLogs.runId, runId),
        after === undefined ? undefined : gt(runLogs.seq, after),
        level === undefined ? undefined : inArray(runLogs.level, logLevels.slice(logLevels.indexOf(level))),
        spanId === undefined ? undefined : sql`${runLogs.spanId} in (${inside})`,
      ),
    )
    .orderBy(asc(runLogs.seq))
    .limit(limit);
}
