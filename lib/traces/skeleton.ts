import type { RunStatus } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { inOnePiece } from "#/lib/core/loop-turns.ts";
import { column, firstTime, SpanColumnsBuilder } from "./span-columns.ts";
import { orderInPieces, rowsOfPiece } from "./span-order.ts";
import type { SpanRow } from "./span-row.ts";
import { subtreeSums } from "./subtree-sums.ts";

/** What the skeleton contains about its run. */
export type SkeletonRun = { runId: string; status: RunStatus; rev: number; startedAt: Date | null };

/**
 * The skeleton of a run (contract/trace.ts): columns over all its spans in pre-order, with depth, subtree size and sums
 * of tokens and cost. Rows may come in any order. Times count from the run's start, or from its first span where that
 * is earlier.
 */
export function buildSkeleton(rows: readonly SpanRow[], run: SkeletonRun): TraceSkeleton {
  return inOnePiece(skeletonInPieces(rows, run));
}

/** The same as JSON text, in pieces: a run of 100,000 spans has many megabytes. */
export function* skeletonText(rows: readonly SpanRow[], run: SkeletonRun): Generator<void, string> {
  const { columns, ...rest } = yield* skeletonInPieces(rows, run);
  const texts: string[] = [];
  for (const [name, values] of Object.entries(columns)) {
    yield;
    texts.push(`"${name}":${JSON.stringify(values)}`);
  }
  return `${JSON.stringify(rest).slice(0, -1)},"columns":{${texts.join(",")}}}`;
}

function* skeletonInPieces(rows: readonly SpanRow[], run: SkeletonRun): Generator<void, TraceSkeleton> {
  const order = yield* orderInPieces(rows);
  const startedAtMs = firstTime(rows, run.startedAt);
  const built = new SpanColumnsBuilder(rows.length, startedAtMs);
  const tree = {
    parent: column<number>(rows.length),
    depth: column<number>(rows.length),
    size: column<number>(rows.length),
  };
  for (let position = 0; position < rows.length; position += 1) {
    if (position % rowsOfPiece === 0) yield;
    built.set(position, rows[order.row[position] ?? 0] as SpanRow);
    tree.parent[position] = order.parent[position] ?? -1;
    tree.depth[position] = order.depth[position] ?? 0;
    tree.size[position] = order.size[position] ?? 1;
  }
  yield;
  const inputTokens = subtreeSums(rows, order, (row) => row.inputTokens);
  yield;
  const outputTokens = subtreeSums(rows, order, (row) => row.outputTokens);
  yield;
  const costMicros = subtreeSums(rows, order, (row) => row.costMicros);
  return {
    runId: run.runId,
    status: run.status,
    rev: run.rev,
    startedAtMs,
    count: rows.length,
    ...built.dictionaries,
    columns: { ...built.columns, ...tree, inputTokens, outputTokens, costMicros },
    next: null,
  };
}
