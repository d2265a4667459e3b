import type { LogFilter, LogLine } from "#/lib/contract/log.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { assertRun } from "./get-run.ts";
import { selectLogs, type LogRow } from "./log-store.ts";

/**
 * A run's log lines in order, keyset by `seq`. `next` is the last line's number if there are more. Throws `not_found`.
 */
export async function readLogs(
  ctx: Ctx,
  runId: string,
  query: { filter: LogFilter; limit: number },
): Promise<{ data: LogLine[]; next: number | null }> {
  authorize(ctx, "run:read");
  await assertRun(ctx, runId);
  const rows = await selectLogs(ctx.db, ctx.workspace.id, runId, query.filter, query.limit + 1);
  const data = rows.slice(0, query.limit).map(lineView);
  return { data, next: rows.length > query.limit ? (data.at(-1)?.seq ?? null) : null };
}

function lineView({ seq, at, level, message, nodeId, spanId, data }: LogRow): LogLine {
  return { seq, at: at.toISOString(), level, message, nodeId, spanId, data };
}
