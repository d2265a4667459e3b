import { z } from "zod";
import { RunStatus } from "./status.ts";
import { TraceSkeleton } from "./trace.ts";

const column = TraceSkeleton.shape.columns.shape;
const number = z.number().nullable();

/** One span of a trace; a number that is not known (yet) is null. */
const TraceRow = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  depth: column.depth.element,
  spans: column.size.element,
  kind: column.kind.element,
  name: z.string(),
  nodeId: z.string().nullable(),
  key: column.key.element,
  status: column.status.element,
  startMs: number,
  durationMs: number,
  attempt: column.attempt.element,
  model: z.string().nullable(),
  inputTokens: column.inputTokens.element,
  outputTokens: column.outputTokens.element,
  costMicros: column.costMicros.element,
  effect: column.effect.element,
  mutating: column.mutating.element,
  reused: column.reused.element,
});
type TraceRow = z.infer<typeof TraceRow>;

/** A part of a trace as rows, for readers who take in little at a time. */
export const TraceRows = z.object({
  runId: z.string(),
  status: RunStatus,
  rev: z.int(),
  startedAtMs: z.number().nullable(),
  count: z.int().meta({ description: "Spans of the whole run" }),
  data: z.array(TraceRow).meta({
    description: "In pre-order: a span, then those inside it. `spans` counts a row with all that are inside it",
  }),
  hasMore: z.boolean(),
  nextCursor: z.string().nullable(),
});
export type TraceRows = z.infer<typeof TraceRows>;

/** Which part of a trace: what was asked for as rows. */
export const TraceRowsQuery = z.strictObject({
  maxDepth: z.int().min(0).max(100).default(8).meta({ description: "Levels below the spans that come first" }),
  limit: z.int().min(1).max(500).default(100),
  cursor: z.string().max(100).optional().meta({ description: "`nextCursor` of the rows before" }),
  spanId: z.string().max(100).optional().meta({ description: "Only this span and those inside it" }),
});
export type TraceRowsQuery = z.infer<typeof TraceRowsQuery>;

/** Why there are no rows: the span that the query names is not in the trace. */
export type NoSuchSpan = { missing: "cursor" | "spanId" };

const encoder = new TextEncoder();

/** The rows of a skeleton that a query asks for: no more than fit into `maxBytes` of JSON, but one at least. Pure. */
export function traceRows(
  skeleton: TraceSkeleton,
  { maxDepth, limit, cursor, spanId }: TraceRowsQuery,
  maxBytes: number,
): TraceRows | NoSuchSpan {
  const { runId, status, rev, startedAtMs, count, columns } = skeleton;
  const root = spanId === undefined ? null : columns.id.indexOf(spanId);
  const last = cursor === undefined ? null : columns.id.indexOf(cursor);
  if (root === -1) return { missing: "spanId" };
  if (last === -1) return { missing: "cursor" };
  const end = root === null ? columns.id.length : root + (columns.size[root] ?? 1);
  const deepest = maxDepth + (root === null ? 0 : (columns.depth[root] ?? 0));
  const data: TraceRow[] = [];
  let bytes = 0;
  let hasMore = false;
  for (let row = Math.max(root ?? 0, (last ?? -1) + 1); row < end && !hasMore; row++) {
    if ((columns.depth[row] ?? 0) > deepest) continue;
    const shown = rowOf(skeleton, row);
    bytes += encoder.encode(JSON.stringify(shown)).length;
    hasMore = data.length === limit || (bytes > maxBytes && data.length > 0);
    if (!hasMore) data.push(shown);
  }
  return {
    runId,
    status,
    rev,
    startedAtMs,
    count,
    data,
    hasMore,
    nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null,
  };
}

function rowOf({ names, nodeIds, models, columns }: TraceSkeleton, row: number): TraceRow {
  const known = (value: number | undefined) => (value === undefined || value < 0 ? null : value);
  const word = (words: string[], index: number | undefined) => words[index ?? -1] ?? null;
  return {
    id: columns.id[row] ?? "",
    parentId: columns.id[columns.parent[row] ?? -1] ?? null,
    depth: columns.depth[row] ?? 0,
    spans: columns.size[row] ?? 1,
    kind: columns.kind[row] ?? "tool",
    name: word(names, columns.name[row]) ?? "",
    nodeId: word(nodeIds, columns.node[row]),
    key: columns.key[row] ?? "",
    status: columns.status[row] ?? "running",
    startMs: known(columns.startMs[row]),
    durationMs: known(columns.durationMs[row]),
    attempt: columns.attempt[row] ?? 1,
    model: word(models, columns.model[row]),
    inputTokens: columns.inputTokens[row] ?? null,
    outputTokens: columns.outputTokens[row] ?? null,
    costMicros: columns.costMicros[row] ?? null,
    effect: columns.effect[row] ?? null,
    mutating: columns.mutating[row] ?? false,
    reused: columns.reused[row] ?? false,
  };
}
