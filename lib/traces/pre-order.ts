/** The tree of a run as columns over its rows in pre-order. `row[i]` is the index of the i-th into the rows given. */
export type SpanOrder = { row: Int32Array; parent: Int32Array; depth: Int32Array; size: Int32Array };

/** Spans as columns: `parent` is the index of each one's parent or -1; `start` a time in ms, Infinity = not started. */
export type PlacedSpans = {
  parent: Int32Array;
  start: Float64Array;
  /** Order of creation within the run. */
  seq: Float64Array;
};

/**
 * Pre-order of spans: children by start (those not started last), then by seq. The first of a cycle of parents becomes
 * a root, so no span is ever lost: `parent` is changed to say so. Iterative: depth and width are the run's choice.
 * Stops where it may be interrupted. The server orders whole runs by it, the browser what it was sent of a running one.
 */
export function* preOrder(placed: PlacedSpans): Generator<void, SpanOrder> {
  const { parent: parentRow } = placed;
  const count = parentRow.length;
  cutCycles(parentRow);
  yield;
  const links = linkChildren(placed);
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

/** First child and next sibling of each row, in order; index `count` of `first` holds the first root. */
function linkChildren(placed: PlacedSpans): Links {
  const { parent } = placed;
  const root = parent.length;
  const links = { first: new Int32Array(root + 1).fill(-1), next: new Int32Array(root).fill(-1) };
  const lastChild = new Int32Array(root + 1).fill(-1);
  for (const index of inOrderOfStart(placed)) {
    const owner = parent[index] === -1 ? root : (parent[index] ?? root);
    const before = lastChild[owner] ?? -1;
    if (before === -1) links.first[owner] = index;
    else links.next[before] = index;
    lastChild[owner] = index;
  }
  return links;
}

/** Indexes by start, then seq. Rows mostly come in that order: checking first saves the sort, the costliest part. */
function inOrderOfStart({ start, seq }: PlacedSpans): Uint32Array {
  const count = start.length;
  const indexes = new Uint32Array(count);
  let isSorted = true;
  for (let index = 0; index < count; index += 1) {
    indexes[index] = index;
    if (index > 0 && isSorted) isSorted = compare(index - 1, index) <= 0;
  }
  return isSorted ? indexes : indexes.sort(compare);

  function compare(a: number, b: number): number {
    const [startA, startB] = [start[a] as number, start[b] as number];
    // Two that have not started: the difference of two infinities is no number.
    const byStart = startA === startB ? 0 : startA - startB;
    return byStart || (seq[a] as number) - (seq[b] as number) || a - b;
  }
}
