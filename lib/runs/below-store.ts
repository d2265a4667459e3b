import { and, asc, eq, inArray, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { spans } from "#/db/schema/runs.ts";
import type { Usage } from "#/lib/contract/run.ts";
import { ofRun, type SpanRow } from "./span-store.ts";

/**
 * Totals of a span and everything below it (an agent's turns and calls, the items of a map): the number of model calls,
 * their usage (null where nothing is known), their cost (null when that of any call is unknown), and the model that
 * answered last.
 */
export type Totals = Usage & { calls: number; costMicros: number | null; answeredModel: string | null };

const usageNames = [
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "reasoning_tokens",
  "cost_micros",
];

/**
 * The totals of these spans of a run, by id. The database adds them up: a span may have any number of spans below it.
 */
export async function totalsOf(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  spanIds: readonly string[],
): Promise<Map<string, Totals>> {
  if (spanIds.length === 0) return new Map();
  const sum = (column: string) => sql.raw(`(sum(${column}) filter (where made_call))::float8`);
  const columns = (from: string) =>
    sql.raw(
      ["id", "seq", "made_call", ...usageNames, "answered_model"].map((column) => `${from}.${column}`).join(", "),
    );
  const rows = await db.execute<Totals & { root: string }>(sql`
    with recursive below as (
      select id as root, ${columns("spans")} from spans
      where workspace_id = ${workspaceId} and run_id = ${runId} and ${inArray(sql`id`, [...spanIds])}
      union all
      select below.root, ${columns("inner_span")} from spans inner_span
      join below on inner_span.parent_id = below.id
      where inner_span.workspace_id = ${workspaceId} and inner_span.run_id = ${runId})
    select root, count(*) filter (where made_call)::int as "calls",
      ${sum("input_tokens")} as "inputTokens", ${sum("output_tokens")} as "outputTokens",
      ${sum("cache_read_tokens")} as "cacheReadTokens", ${sum("cache_write_tokens")} as "cacheWriteTokens",
      ${sum("reasoning_tokens")} as "reasoningTokens",
      case when bool_and(cost_micros is not null) filter (where made_call) then ${sum("cost_micros")} end as "costMicros",
      (array_agg(answered_model order by seq desc) filter (where answered_model is not null))[1] as "answeredModel"
    from below group by root`);
  return new Map(rows.map((row) => [row.root, row]));
}

/** The attempts directly below these spans that have rows of their own, by the span's id, in order. */
export async function attemptsOf(
  db: DbHandle,
  workspaceId: string,
  runId: string,
  spanIds: readonly string[],
): Promise<Map<string, SpanRow[]>> {
  if (spanIds.length === 0) return new Map();
  const rows = await db
    .select()
    .from(spans)
    .where(and(ofRun(workspaceId, runId), eq(spans.kind, "attempt"), inArray(spans.parentId, [...spanIds])))
    .orderBy(asc(spans.seq));
  return Map.groupBy(rows, (row) => row.parentId ?? "");
}
