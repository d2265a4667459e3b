import { z } from "zod";
import { EffectVerdict, RunStatus, SpanKind, SpanStatus } from "./status.ts";

/** The most changed spans of one segment, and how many come where nobody says. */
export const mostSegmentRows = 5000;
export const usualSegmentRows = 1000;

const head = {
  runId: z.string(),
  status: RunStatus,
  rev: z.int().meta({ description: "Changes up to this revision are included; pass it as ?after=" }),
  startedAtMs: z.number().nullable(),
  count: z.int(),
  names: z.array(z.string()),
  nodeIds: z.array(z.string()),
  models: z.array(z.string()),
};

/** Of each span, in a skeleton as in a segment. */
const spanColumns = {
  id: z.array(z.string()),
  kind: z.array(SpanKind),
  name: z.array(z.int()),
  node: z.array(z.int()),
  key: z.array(z.string()),
  status: z.array(SpanStatus),
  startMs: z.array(z.number()),
  durationMs: z.array(z.number()),
  attempt: z.array(z.int()),
  model: z.array(z.int()),
  effect: z.array(EffectVerdict.nullable()),
  mutating: z.array(z.boolean()),
  reused: z.array(z.boolean()),
};
export const SpanColumns = z.object(spanColumns);
export type SpanColumns = z.infer<typeof SpanColumns>;

/**
 * The skeleton of a run: columns, one entry per span, rows in pre-order, no payloads. `names`, `nodeIds` and `models`
 * are dictionaries; the columns `name`, `node` and `model` hold indexes into them (-1 = none). `parent` holds the
 * row of the parent or -1. Times are milliseconds since `startedAtMs`; -1 = not known (yet).
 */
export const TraceSkeleton = z
  .object({
    ...head,
    columns: z.object({
      ...spanColumns,
      parent: z.array(z.int()),
      depth: z.array(z.int()),
      size: z.array(z.int()).meta({ description: "Spans in the subtree, this one included" }),
      inputTokens: z.array(z.int().nullable()).meta({ description: "Summed over the subtree; null = unknown or none" }),
      outputTokens: z.array(z.int().nullable()),
      costMicros: z.array(z.int().nullable()),
    }),
    next: z.string().nullable(),
  })
  .meta({ id: "TraceSkeleton" });
export type TraceSkeleton = z.infer<typeof TraceSkeleton>;

/**
 * What changed of a running run after a revision: each changed span once, as it is now, in the order of the changes. The
 * reader keeps the spans by id and orders them: children by start (those not started last), then by `seq`; a span whose
 * parent it does not have stands at the root. Times count from the segment's own `startedAtMs`.
 */
export const TraceSegment = z
  .object({
    segment: z.literal(true),
    ...head,
    hasMore: z.boolean().meta({ description: "More has changed: ask again with this `rev`" }),
    columns: z.object({
      ...spanColumns,
      parentId: z.array(z.string().nullable()),
      seq: z.array(z.int()).meta({ description: "Order of creation within the run" }),
      call: z.array(z.boolean()).meta({ description: "The span called a model for this run: its numbers count" }),
      inputTokens: z.array(z.int().nullable()).meta({ description: "Of the span's own call; null = unknown or none" }),
      outputTokens: z.array(z.int().nullable()),
      costMicros: z.array(z.int().nullable()),
    }),
    next: z.string().nullable(),
  })
  .meta({ id: "TraceSegment" });
export type TraceSegment = z.infer<typeof TraceSegment>;

/** What `GET /runs/{id}/trace` answers: a segment where a running run is asked with `after`. */
export const Trace = z.union([TraceSegment, TraceSkeleton]).meta({ id: "Trace" });
export type Trace = z.infer<typeof Trace>;
