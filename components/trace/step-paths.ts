import { isStepKind } from "#/lib/contract/status.ts";
import { kindAt, nameAt, nodeAt, statusAt, type TraceColumns } from "./trace-columns.ts";

/**
 * The path of the step, or of the item of a map, that a row belongs to, as a replay names it (`each[2].score`); null when
 * it belongs to none. Pure.
 */
export function stepPathOf(trace: TraceColumns, row: number): string | null {
  for (let at = row; at >= 0; at = trace.parent[at] ?? -1) {
    const kind = kindAt(trace, at);
    if (kind === "item") return itemPath(trace, at);
    if (isStepKind(kind)) return stepPath(trace, at);
  }
  return null;
}

function stepPath(trace: TraceColumns, row: number): string | null {
  const nodeId = nodeAt(trace, row);
  if (nodeId === null || nodeId === "") return null;
  const around = trace.parent[row] ?? -1;
  if (around < 0) return nodeId;
  const item = kindAt(trace, around) === "item" ? itemPath(trace, around) : null;
  return item === null ? null : `${item}.${nodeId}`;
}

/** The engine calls items `order 1`, `order 2`, …, after the name that the map gives its elements. */
function itemPath(trace: TraceColumns, row: number): string | null {
  const place = /(\d+)$/.exec(nameAt(trace, row))?.[1];
  const map = stepPathOf(trace, trace.parent[row] ?? -1);
  return place === undefined || map === null ? null : `${map}[${Number(place) - 1}]`;
}

/** Most paths that a list of choices offers: a browser shows no more of them in reasonable time. */
const mostChoices = 1000;

/** The paths of the steps inside of maps that were executed, those that failed first. Pure. */
export function innerPaths(trace: TraceColumns): string[] {
  const found: { path: string; failed: boolean }[] = [];
  for (let row = 0; row < trace.count && found.length < mostChoices; row++) {
    if ((trace.depth[row] ?? 0) === 0 || !isStepKind(kindAt(trace, row))) continue;
    const status = statusAt(trace, row);
    const path = status === "skipped" ? null : stepPath(trace, row);
    if (path !== null) found.push({ path, failed: status === "failed" });
  }
  return found.toSorted((a, b) => Number(b.failed) - Number(a.failed)).map(({ path }) => path);
}
