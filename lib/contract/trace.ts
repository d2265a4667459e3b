import { z } from "zod";
import { EffectVerdict, RunStatus, SpanKind, SpanStatus } from "./status.ts";

/**
 * The skeleton of a run: columns, one entry per span, rows in pre-order, no payloads. `names`, `nodeIds` and `models`
 * are dictionaries; the columns `name`, `node` and `model` hold indexes into them (-1 = none). `parent` holds the
 * row of the parent or -1. Times are milliseconds since `startedAtMs`; -1 = not known (yet).
 */
export const TraceSkeleton = z
  .object({
    runId: z.string(),
    status: RunStatus,
    rev: z.int().meta({ description: "Changes up to this revision are included; pass it as ?after=" }),
    startedAtMs: z.number().nullable(),
    count: z.int(),
    names: z.array(z.string()),
    nodeIds: z.array(z.string()),
    models: z.array(z.string()),
    columns: z.object({
      id: z.array(z.string()),
      parent: z.array(z.int()),
      depth: z.array(z.int()),
      size: z.array(z.int()).meta({ description: "Spans in the subtree, this one included" }),
      kind: z.array(SpanKind),
      name: z.array(z.int()),
      node: z.array(z.int()),
      key: z.array(z.string()),
      status: z.array(SpanStatus),
      startMs: z.array(z.number()),
      durationMs: z.array(z.number()),
      attempt: z.array(z.int()),
      model: z.array(z.int()),
      inputTokens: z.array(z.int().nullable()).meta({ description: "Summed over the subtree; null = unknown or none" }),
      outputTokens: z.array(z.int().nullable()),
      costMicros: z.array(z.int().nullable()),
      effect: z.array(EffectVerdict.nullable()),
      mutating: z.array(z.boolean()),
      reused: z.array(z.boolean()),
    }),
    next: z.string().nullable(),
  })
  .meta({ id: "TraceSkeleton" });
export type TraceSkeleton = z.infer<typeof TraceSkeleton>;
