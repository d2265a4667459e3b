import { spanStatuses } from "#/lib/contract/status.ts";
import type { TraceColumns } from "./trace-columns.ts";

const failedCode = spanStatuses.indexOf("failed");

/** Rows that match (`hits`, ascending), and what to show: 2 = a hit, 1 = a row that a hit stands in, 0 = hidden. */
export type RowFilter = { readonly keep: Uint8Array; readonly hits: Int32Array };

/** Dictionary entries that contain the needle, so that each distinct text is lower-cased once, not once per row. */
function matching(dictionary: readonly string[], needle: string): Uint8Array {
  return Uint8Array.from(dictionary, (text) => (text.toLowerCase().includes(needle) ? 1 : 0));
}

/**
 * Rows whose name, node id or title, model or span id contains the query (case-insensitive), narrowed to failed ones when asked.
 * Null when nothing filters. Linear in the number of rows; ancestors are marked once each.
 */
export function filterRows(trace: TraceColumns, query: string, errorsOnly: boolean): RowFilter | null {
  const needle = query.trim().toLowerCase();
  if (needle === "" && !errorsOnly) return null;
  const names = matching(trace.names, needle);
  const nodes = matching(
    trace.nodeIds.map((id, index) => `${id}\n${trace.titles[index] ?? ""}`),
    needle,
  );
  const models = matching(trace.models, needle);
  const byId = needle.startsWith("span_");
  const hits = new Int32Array(trace.count);
  const keep = new Uint8Array(trace.count);
  let found = 0;
  for (let row = 0; row < trace.count; row++) {
    if (errorsOnly && trace.status[row] !== failedCode) continue;
    const hit =
      needle === "" ||
      names[trace.name[row] ?? -1] === 1 ||
      nodes[trace.node[row] ?? -1] === 1 ||
      models[trace.model[row] ?? -1] === 1 ||
      (byId && trace.id.at(row)?.startsWith(needle));
    if (!hit) continue;
    hits[found++] = row;
    keep[row] = 2;
    for (let up = trace.parent[row] ?? -1; up >= 0 && keep[up] === 0; up = trace.parent[up] ?? -1) keep[up] = 1;
  }
  return { keep, hits: hits.slice(0, found) };
}

/** Next failed row after `from`, wrapping around; prefers the innermost failures, where the cause is. -1 = none. */
export function nextError(
  trace: Pick<TraceColumns, "count" | "status" | "size">,
  from: number,
  step: 1 | -1 = 1,
): number {
  for (let moved = 1; moved <= trace.count; moved++) {
    const row = (((from + moved * step) % trace.count) + trace.count) % trace.count;
    if (trace.status[row] === failedCode && !failedInside(trace, row)) return row;
  }
  return -1;
}

function failedInside(trace: Pick<TraceColumns, "status" | "size">, row: number): boolean {
  const end = row + (trace.size[row] ?? 1);
  return trace.status.subarray(row + 1, end).includes(failedCode);
}

/** Next hit after row `from` in `hits` (ascending), wrapping around; -1 when there is none. */
export function nextHit(hits: Int32Array, from: number, step: 1 | -1): number {
  if (hits.length === 0) return -1;
  if (step === 1) return hits.find((row) => row > from) ?? hits[0] ?? -1;
  return hits.findLast((row) => row < from) ?? hits[hits.length - 1] ?? -1;
}

/** How many rows failed by themselves, not through a child. */
export function countErrors(trace: Pick<TraceColumns, "count" | "status" | "size">): number {
  let errors = 0;
  for (let row = 0; row < trace.count; row++)
    if (trace.status[row] === failedCode && !failedInside(trace, row)) errors++;
  return errors;
}
