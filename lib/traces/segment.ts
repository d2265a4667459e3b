import type { TraceSegment } from "#/lib/contract/trace.ts";
import type { SkeletonRun } from "./skeleton.ts";
import { column, firstTime, SpanColumnsBuilder } from "./span-columns.ts";
import { countsUsage, type SpanRow } from "./span-row.ts";

/**
 * What changed of a running run (contract/trace.ts): the rows given, in their order, each as it is now, with its own
 * numbers and no sums. `hasMore`: more has changed, behind `run.rev`.
 */
export function buildSegment(rows: readonly SpanRow[], run: SkeletonRun, hasMore: boolean): TraceSegment {
  const startedAtMs = firstTime(rows, run.startedAt);
  const built = new SpanColumnsBuilder(rows.length, startedAtMs);
  const own = {
    parentId: column<string | null>(rows.length),
    seq: column<number>(rows.length),
    call: column<boolean>(rows.length),
    inputTokens: column<number | null>(rows.length),
    outputTokens: column<number | null>(rows.length),
    costMicros: column<number | null>(rows.length),
  };
  for (const [index, row] of rows.entries()) {
    built.set(index, row);
    const counts = countsUsage(row);
    own.parentId[index] = row.parentId;
    own.seq[index] = row.seq;
    own.call[index] = counts;
    own.inputTokens[index] = counts ? row.inputTokens : null;
    own.outputTokens[index] = counts ? row.outputTokens : null;
    own.costMicros[index] = counts ? row.costMicros : null;
  }
  return {
    segment: true,
    runId: run.runId,
    status: run.status,
    rev: run.rev,
    hasMore,
    startedAtMs,
    count: rows.length,
    ...built.dictionaries,
    columns: { ...built.columns, ...own },
    next: null,
  };
}
