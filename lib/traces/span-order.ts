import { inOnePiece } from "#/lib/core/loop-turns.ts";
import type { SpanRow } from "./span-row.ts";

/** The tree of a run as columns over its rows in pre-order. `row[i]` is the index of the i-th into the rows given. */
export type SpanOrder = { row: Int32Array; parent: Int32Array; depth: Int32Array; size: Int32Array };

/**
 * Pre-order of spans: children by start (those not started last), then by seq. A span whose parent is missing, or the
 * first of a cycle of parents, becomes a root, so no span is ever lost. Iterative: depth and width are the run's
 * choice.
 */
export function orderSpans(rows: readonly SpanRow[]): SpanOrder {
  return inOnePiece(orderInPieces(rows));
}

/** The same for many rows, in pieces. */
export function* orderInPieces(rows: readonly SpanRow[]): Generator<void, SpanOrder> {
  const count = rows.length;
  const parentRow = yield* parentRows(rows);
  yield;
  const links = linkChildren(rows, parentRow);
  yield;
  const order: SpanOrder = {
    row: new Int32Array(count),
    parent: new Int32Array(count),
    depth: new Int32Array(count),
    size: new Int32Array(count).fill(1),
  };
  const positionOf = new Int32Array(count);
  let position = 0;
  for (let at = links.first[count] ?? -1; at !== -1;) {
    const parent = parentRow[at] ?? -1;
    const parentPosition = parent === -1 ? -1 : (positionOf[parent] ?? -1);
    positionOf[at] = position;
    order.row[position] = at;
    order.parent[position] = parentPosition;
    order.depth[position] = parentPosition === -1 ? 0 : (order.depth[parentPosition] ?? 0) + 1;
    position += 1;
    at = following(at, parentRow, links);
  }
  for (let last = count - 1; last > 0; last -= 1) {
    const parent = order.parent[last] ?? -1;
    if (parent !== -1) order.size[parent] = (order.size[parent] ?? 0) + (order.size[last] ?? 0);
  }
  return order;
}

type Links = { first: Int32Array; next: Int32Array };

/**
 * The span after `at` in pre-order: its first child, else its next sibling or that of its nearest ancestor with one.
 */
function following(at: number, parentRow: Int32Array, links: Links): number {
  const child = links.first[at] ?? -1;
  if (child !== -1) return child;
  let up = at;
  while (up !== -1) {
    const sibling = links.next[up] ?? -1;
    if (sibling !== -1) return sibling;
    up = parentRow[up] ?? -1;
  }
  return -1;
}

/** Rows that one piece looks at. */
export const rowsOfPiece = 5000;

function* parentRows(rows: readonly SpanRow[]): Generator<void, Int32Array> {
  const rowOf = new Map<string, number>();
  for (let index = 0; index < rows.length; index += 1) {
    if (index % rowsOfPiece === 0) yield;
    rowOf.set((rows[index] as SpanRow).id, index);
  }
  const parent = new Int32Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    if (index % rowsOfPiece === 0) yield;
    const { parentId } = rows[index] as SpanRow;
    parent[index] = parentId === null ? -1 : (rowOf.get(parentId) ?? -1);
  }
  cutCycles(parent);
  return parent;
}

/** Spans from outside may name each other as parents; the first span of such a cycle becomes a root. */
function cutCycles(parent: Int32Array): void {
  const walkOf = new Int32Array(parent.length).fill(-1);
  for (let start = 0; start < parent.length; start += 1) {
    let at = start;
    while (at !== -1 && walkOf[at] === -1) {
      walkOf[at] = start;
      at = parent[at] ?? -1;
    }
    if (at !== -1 && walkOf[at] === start) parent[at] = -1;
  }
}

/** First child and next sibling of each row, in order; index `rows.length` of `first` holds the first root. */
function linkChildren(rows: readonly SpanRow[], parent: Int32Array): Links {
  const root = rows.length;
  const links = { first: new Int32Array(root + 1).fill(-1), next: new Int32Array(root).fill(-1) };
  const lastChild = new Int32Array(root + 1).fill(-1);
  for (const index of sortedRows(rows)) {
    const owner = parent[index] === -1 ? root : (parent[index] ?? root);
    const before = lastChild[owner] ?? -1;
    if (before === -1) links.first[owner] = index;
    else links.next[before] = index;
    lastChild[owner] = index;
  }
  return links;
}

/**
 * Row indexes by start, then seq. Rows mostly come in that order: checking first saves the sort, the costliest part.
 */
function sortedRows(rows: readonly SpanRow[]): Uint32Array {
  const count = rows.length;
  const start = new Float64Array(count);
  const seq = new Float64Array(count);
  const indexes = new Uint32Array(count);
  let isSorted = true;
  for (let index = 0; index < count; index += 1) {
    const row = rows[index] as SpanRow;
    start[index] = row.startedAt?.getTime() ?? Number.MAX_VALUE;
    seq[index] = row.seq;
    indexes[index] = index;
    if (index > 0 && isSorted) isSorted = compare(index - 1, index) <= 0;
  }
  return isSorted ? indexes : indexes.sort(compare);

  function compare(a: number, b: number): number {
    return (start[a] as number) - (start[b] as number) || (seq[a] as number) - (seq[b] as number) || a - b;
  }
}
