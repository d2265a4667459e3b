import type { SpanOrder } from "./span-order.ts";
import { countsUsage, type SpanRow } from "./span-row.ts";

/**
 * Sums of one number over each subtree, in pre-order. Only rows that made a model call count; null where a subtree has
 * none, or where one of its calls has no number (unknown is never 0).
 */
export function subtreeSums(
  rows: readonly SpanRow[],
  order: SpanOrder,
  numberOf: (row: SpanRow) => number | null,
): (number | null)[] {
  const count = rows.length;
  const sums = new Float64Array(count);
  const calls = new Int32Array(count);
  for (let position = count - 1; position >= 0; position -= 1) {
    const row = rows[order.row[position] ?? 0] as SpanRow;
    if (countsUsage(row)) {
      // NaN means unknown and propagates up the tree.
      sums[position] = (sums[position] ?? 0) + (numberOf(row) ?? Number.NaN);
      calls[position] = (calls[position] ?? 0) + 1;
    }
    const parent = order.parent[position] ?? -1;
    if (parent === -1) continue;
    sums[parent] = (sums[parent] ?? 0) + (sums[position] ?? 0);
    calls[parent] = (calls[parent] ?? 0) + (calls[position] ?? 0);
  }
  const result: (number | null)[] = [];
  for (let position = 0; position < count; position += 1) {
    const sum = sums[position] ?? 0;
    result.push(calls[position] === 0 || Number.isNaN(sum) ? null : sum);
  }
  return result;
}
