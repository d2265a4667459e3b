import { inOnePiece } from "#/lib/core/loop-turns.ts";
import { preOrder, type SpanOrder } from "./pre-order.ts";
import type { SpanRow } from "./span-row.ts";

/** Pre-order of a run's rows (pre-order.ts), in any order. A span whose parent is missing becomes a root. */
export function orderSpans(rows: readonly SpanRow[]): SpanOrder {
  return inOnePiece(orderInPieces(rows));
}

/** Rows that one piece looks at. */
export const rowsOfPiece = 5000;

/** The same for many rows, in pieces. */
export function* orderInPieces(rows: readonly SpanRow[]): Generator<void, SpanOrder> {
  const rowOf = new Map<string, number>();
  for (let index = 0; index < rows.length; index += 1) {
    if (index % rowsOfPiece === 0) yield;
    rowOf.set((rows[index] as SpanRow).id, index);
  }
  const parent = new Int32Array(rows.length);
  const start = new Float64Array(rows.length);
  const seq = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    if (index % rowsOfPiece === 0) yield;
    const row = rows[index] as SpanRow;
    parent[index] = row.parentId === null ? -1 : (rowOf.get(row.parentId) ?? -1);
    start[index] = row.startedAt?.getTime() ?? Infinity;
    seq[index] = row.seq;
  }
  return yield* preOrder({ parent, start, seq });
}
