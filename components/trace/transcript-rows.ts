import { attemptRows, kindAt, type TraceColumns } from "./trace-columns.ts";

/**
 * Rows that make up the transcript, in order: what the agent saw and said (models) and called (tools). A step whose own
 * calls are recorded below it is shown by those, under an agent row; attempts are not repeated.
 */
export function transcriptRows(trace: TraceColumns): Int32Array {
  const rows = new Int32Array(trace.count);
  let count = 0;
  for (let row = 0; row < trace.count; row++) {
    switch (kindAt(trace, row)) {
      case "agent":
      case "model_call":
      case "tool_call":
      case "workflow":
        rows[count++] = row;
        break;
      case "model":
      case "tool":
        if (!hasCallsBelow(trace, row)) rows[count++] = row;
        break;
      case "wait":
        rows[count++] = row;
        break;
      default:
        break;
    }
  }
  return rows.slice(0, count);
}

/** A model or tool step whose calls are spans of their own, attempts aside. */
function hasCallsBelow(trace: TraceColumns, row: number): boolean {
  const size = trace.size[row] ?? 1;
  return size > 1 && size - 1 > attemptRows(trace, row).length;
}

/** True for the first model call under its agent: it alone shows what was seen; later turns repeat it. */
export function isFirstTurn(trace: TraceColumns, row: number): boolean {
  const parent = trace.parent[row] ?? -1;
  if (parent < 0) return true;
  for (let child = parent + 1; child < row; child += Math.max(1, trace.size[child] ?? 1))
    if (trace.kind[child] === trace.kind[row]) return false;
  return true;
}

/** Do the calls that a model asked for appear as rows of their own after it? Then its turn does not repeat them. */
export function callsAreRows(trace: TraceColumns, row: number): boolean {
  const parent = trace.parent[row] ?? -1;
  if (parent < 0) return false;
  const end = parent + (trace.size[parent] ?? 1);
  for (let next = row + (trace.size[row] ?? 1); next < end; next += Math.max(1, trace.size[next] ?? 1)) {
    const kind = kindAt(trace, next);
    if (kind === "tool_call") return true;
    if (kind === "model_call") return false;
  }
  for (let inner = row + 1; inner < row + (trace.size[row] ?? 1); inner++)
    if (kindAt(trace, inner) === "tool_call") return true;
  return false;
}

/** Position in `rows` of the entry that shows `row`: itself, the next one inside it, else the last before it. */
export function transcriptIndex(trace: TraceColumns, rows: Int32Array, row: number): number {
  if (rows.length === 0 || row < 0) return -1;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  const found = rows[low];
  if (found !== undefined && found < row + (trace.size[row] ?? 1)) return low;
  return Math.max(0, low - 1);
}
