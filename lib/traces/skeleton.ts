import type { RunStatus } from "#/lib/contract/status.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { inOnePiece } from "#/lib/core/loop-turns.ts";
import { orderInPieces, rowsOfPiece, type SpanOrder } from "./span-order.ts";
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
  for (const [name, column] of Object.entries(columns)) {
    yield;
    texts.push(`"${name}":${JSON.stringify(column)}`);
  }
  return `${JSON.stringify(rest).slice(0, -1)},"columns":{${texts.join(",")}}}`;
}

function* skeletonInPieces(rows: readonly SpanRow[], run: SkeletonRun): Generator<void, TraceSkeleton> {
  const order = yield* orderInPieces(rows);
  const startedAtMs = firstTime(rows, run.startedAt);
  const names = new Dictionary();
  const nodeIds = new Dictionary();
  const models = new Dictionary();
  const columns = emptyColumns(rows.length);
  for (let position = 0; position < rows.length; position += 1) {
    if (position % rowsOfPiece === 0) yield;
    const row = rows[order.row[position] ?? 0] as SpanRow;
    fillTree(columns, position, order);
    fillTimes(columns, position, row, startedAtMs);
    columns.id[position] = row.id;
    columns.kind[position] = row.kind;
    columns.name[position] = names.indexOf(row.name);
    columns.node[position] = row.nodeId === "" ? -1 : nodeIds.indexOf(row.nodeId);
    columns.key[position] = row.key;
    columns.status[position] = row.status;
    columns.attempt[position] = row.attempt;
    columns.model[position] = row.modelRef === null ? -1 : models.indexOf(row.modelRef);
    columns.effect[position] = row.effectVerdict;
    columns.mutating[position] = row.mutating;
    columns.reused[position] = row.reusedFromSpan !== null;
  }
  yield;
  columns.inputTokens = subtreeSums(rows, order, (row) => row.inputTokens);
  yield;
  columns.outputTokens = subtreeSums(rows, order, (row) => row.outputTokens);
  yield;
  columns.costMicros = subtreeSums(rows, order, (row) => row.costMicros);
  return {
    runId: run.runId,
    status: run.status,
    rev: run.rev,
    startedAtMs,
    count: rows.length,
    names: names.values,
    nodeIds: nodeIds.values,
    models: models.values,
    columns,
    next: null,
  };
}

type Columns = TraceSkeleton["columns"];

/** Columns have their full length from the start: pushing row by row is slow at 100,000 rows. */
function emptyColumns(count: number): Columns {
  const column = <T>(): T[] => {
    const values: T[] = [];
    values.length = count;
    return values;
  };
  return {
    id: column(),
    parent: column(),
    depth: column(),
    size: column(),
    kind: column(),
    name: column(),
    node: column(),
    key: column(),
    status: column(),
    startMs: column(),
    durationMs: column(),
    attempt: column(),
    model: column(),
    inputTokens: [],
    outputTokens: [],
    costMicros: [],
    effect: column(),
    mutating: column(),
    reused: column(),
  };
}

function fillTree(columns: Columns, position: number, order: SpanOrder): void {
  columns.parent[position] = order.parent[position] ?? -1;
  columns.depth[position] = order.depth[position] ?? 0;
  columns.size[position] = order.size[position] ?? 1;
}

/** -1 = not known (yet); a clock that ran backwards gives a duration of 0, not a negative one. */
function fillTimes(columns: Columns, position: number, row: SpanRow, startedAtMs: number | null): void {
  const start = row.startedAt?.getTime();
  columns.startMs[position] = start === undefined || startedAtMs === null ? -1 : start - startedAtMs;
  columns.durationMs[position] =
    start === undefined || row.finishedAt === null ? -1 : Math.max(0, row.finishedAt.getTime() - start);
}

function firstTime(rows: readonly SpanRow[], runStart: Date | null): number | null {
  let first = runStart?.getTime() ?? Number.POSITIVE_INFINITY;
  for (const row of rows)
    if (row.startedAt !== null && row.startedAt.getTime() < first) first = row.startedAt.getTime();
  return Number.isFinite(first) ? first : null;
}

/** Distinct texts, each stored once. */
class Dictionary {
  readonly values: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    const index = this.values.push(text) - 1;
    this.#indexes.set(text, index);
    return index;
  }
}
