import type { SpanColumns } from "#/lib/contract/trace.ts";
import { Dictionary } from "./dictionary.ts";
import type { SpanRow } from "./span-row.ts";

/**
 * What skeletons and segments say alike of each span, column by column, with the dictionaries that the columns point
 * into. Columns have their full length from the start: pushing row by row is slow at 100,000 rows.
 */
export class SpanColumnsBuilder {
  readonly columns: SpanColumns;
  readonly #names = new Dictionary();
  readonly #nodeIds = new Dictionary();
  readonly #models = new Dictionary();
  readonly #startedAtMs: number | null;

  /** `startedAtMs` is what times count from (firstTime). */
  constructor(count: number, startedAtMs: number | null) {
    this.#startedAtMs = startedAtMs;
    this.columns = {
      id: column(count),
      kind: column(count),
      name: column(count),
      node: column(count),
      key: column(count),
      status: column(count),
      startMs: column(count),
      durationMs: column(count),
      attempt: column(count),
      model: column(count),
      effect: column(count),
      mutating: column(count),
      reused: column(count),
    };
  }

  get dictionaries(): { names: string[]; nodeIds: string[]; models: string[] } {
    return { names: this.#names.values, nodeIds: this.#nodeIds.values, models: this.#models.values };
  }

  set(position: number, row: SpanRow): void {
    const { columns } = this;
    columns.id[position] = row.id;
    columns.kind[position] = row.kind;
    columns.name[position] = this.#names.indexOf(row.name);
    columns.node[position] = row.nodeId === "" ? -1 : this.#nodeIds.indexOf(row.nodeId);
    columns.key[position] = row.key;
    columns.status[position] = row.status;
    columns.attempt[position] = row.attempt;
    columns.model[position] = row.modelRef === null ? -1 : this.#models.indexOf(row.modelRef);
    columns.effect[position] = row.effectVerdict;
    columns.mutating[position] = row.mutating;
    columns.reused[position] = row.reusedFromSpan !== null;
    this.#setTimes(position, row);
  }

  /** -1 = not known (yet); a clock that ran backwards gives a duration of 0, not a negative one. */
  #setTimes(position: number, row: SpanRow): void {
    const start = row.startedAt?.getTime();
    const { columns } = this;
    columns.startMs[position] = start === undefined || this.#startedAtMs === null ? -1 : start - this.#startedAtMs;
    columns.durationMs[position] =
      start === undefined || row.finishedAt === null ? -1 : Math.max(0, row.finishedAt.getTime() - start);
  }
}

export function column<T>(count: number): T[] {
  const values: T[] = [];
  values.length = count;
  return values;
}

/** The run's start, or that of its first span where that is earlier, in ms since 1970; null = nothing has started. */
export function firstTime(rows: readonly SpanRow[], runStart: Date | null): number | null {
  let first = runStart?.getTime() ?? Number.POSITIVE_INFINITY;
  for (const row of rows)
    if (row.startedAt !== null && row.startedAt.getTime() < first) first = row.startedAt.getTime();
  return Number.isFinite(first) ? first : null;
}
