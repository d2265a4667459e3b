import { OrderedTexts } from "./growing-texts.ts";
import type { TraceColumns } from "./trace-columns.ts";

/** Rows the list shows, in order: `rows[0 … count)` are row numbers of the trace. */
export type VisibleRows = { readonly rows: Int32Array; readonly count: number };

/** Which rows are collapsed (1) by row number; children of a collapsed row are not shown. */
export type Collapsed = Uint8Array;

/**
 * The visible rows of a pre-order trace in one pass: a collapsed row skips its subtree by its size. With `keep` (a
 * filter: 0 = hidden) collapse is ignored, because a hit inside a collapsed subtree must be seen.
 */
export function visibleRows(
  trace: Pick<TraceColumns, "count" | "size">,
  collapsed: Collapsed,
  keep: Uint8Array | null,
): VisibleRows {
  const rows = new Int32Array(trace.count);
  let count = 0;
  if (keep) {
    for (let row = 0; row < trace.count; row++) if (keep[row] !== 0) rows[count++] = row;
    return { rows, count };
  }
  for (let row = 0; row < trace.count;) {
    rows[count++] = row;
    row += collapsed[row] === 1 ? Math.max(1, trace.size[row] ?? 1) : 1;
  }
  return { rows, count };
}

/** Position of a row in the list by binary search (rows ascend), or -1 when it is hidden. */
export function indexOfRow(visible: VisibleRows, row: number): number {
  let low = 0;
  let high = visible.count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = visible.rows[middle] ?? 0;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Opens every ancestor of a row, so that it can be shown. True when something changed. */
export function revealRow(trace: Pick<TraceColumns, "parent">, collapsed: Collapsed, row: number): boolean {
  let changed = false;
  for (let parent = trace.parent[row] ?? -1; parent >= 0; parent = trace.parent[parent] ?? -1) {
    if (collapsed[parent] !== 1) continue;
    collapsed[parent] = 0;
    changed = true;
  }
  return changed;
}

/** Collapses every row that has children, or opens all. */
export function collapseAll(trace: Pick<TraceColumns, "count" | "size">, collapse: boolean): Collapsed {
  const collapsed = new Uint8Array(trace.count);
  if (!collapse) return collapsed;
  for (let row = 0; row < trace.count; row++) if ((trace.size[row] ?? 1) > 1) collapsed[row] = 1;
  return collapsed;
}

/** Carries the collapsed state over to a newer trace of the same run, by span id: rows shift as it grows. */
export function carryCollapsed(
  before: Pick<TraceColumns, "id">,
  collapsed: Collapsed,
  after: Pick<TraceColumns, "id" | "count">,
): Collapsed {
  if (before.id instanceof OrderedTexts && after.id instanceof OrderedTexts) {
    const carried = after.id.carried(before.id, collapsed);
    if (carried) return carried;
  }
  const next = new Uint8Array(after.count);
  const ids = new Set<string>();
  for (let row = 0; row < collapsed.length; row++) {
    const id = collapsed[row] === 1 ? before.id.at(row) : undefined;
    if (id !== undefined) ids.add(id);
  }
  if (ids.size === 0) return next;
  for (let row = 0; row < after.count; row++) if (ids.has(after.id.at(row) ?? "")) next[row] = 1;
  return next;
}

/**
 * What "left" (collapse, or go to the parent) and "right" (expand, or go to the first child) do on a row of a tree, as
 * in the ARIA tree pattern. With a filter on, only the moves remain.
 */
export function horizontalMove(
  trace: Pick<TraceColumns, "parent" | "size">,
  collapsed: Collapsed,
  row: number,
  direction: "left" | "right",
  filtered: boolean,
): { kind: "toggle"; row: number } | { kind: "move"; row: number } | null {
  const hasChildren = (trace.size[row] ?? 1) > 1;
  const closed = collapsed[row] === 1;
  if (direction === "left") {
    if (hasChildren && !closed && !filtered) return { kind: "toggle", row };
    const parent = trace.parent[row] ?? -1;
    return parent >= 0 ? { kind: "move", row: parent } : null;
  }
  if (!hasChildren) return null;
  if (closed && !filtered) return { kind: "toggle", row };
  return { kind: "move", row: row + 1 };
}
