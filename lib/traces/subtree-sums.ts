import type { SpanOrder } from "./pre-order.ts";
import { countsUsage, type SpanRow } from "./span-row.ts";

/**
 * Sums of one number over each subtree of rows in pre-order; `parent` is the row of each one's parent or -1. Only rows
 * that made a call count (`isCall`). NaN where a subtree has none, or where one of its calls has no number
 * (`numberOf` is null): unknown is never 0.
 */
export function sumSubtrees(
  parent: Int32Array,
  isCall: (row: number) => boolean,
  numberOf: (row: number) => number | null,
): Float64Array {
  const sums = new Float64Array(parent.length);
  const calls = new Int32Array(parent.length);
  for (let row = parent.length - 1; row >= 0; row -= 1) {
    if (isCall(row)) {
      // NaN propagates up the tree.
      sums[row] = (sums[row] ?? 0) + (numberOf(row) ?? Number.NaN);
      calls[row] = (calls[row] ?? 0) + 1;
    }
    const above = parent[row] ?? -1;
    if (above === -1) continue;
    sums[above] = (sums[above] ?? 0) + (sums[row] ?? 0);
    calls[above] = (calls[above] ?? 0) + (calls[row] ?? 0);
  }
  return sums.map((sum, row) => (calls[row] === 0 ? Number.NaN : sum));
}

/** The same over a run's rows, in pre-order, as a reader gets it: null for what is unknown or none. */
export function subtreeSums(
  rows: readonly SpanRow[],
  order: SpanOrder,
  numberOf: (row: SpanRow) => number | null,
): (number | null)[] {
  const rowAt = (position: number) => rows[order.row[position] ?? 0] as SpanRow;
  const sums = sumSubtrees(
    order.parent,
    (position) => countsUsage(rowAt(position)),
    (position) => numberOf(rowAt(position)),
  );
  return Array.from(sums, (sum) => (Number.isNaN(sum) ? null : sum));
}
