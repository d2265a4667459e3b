import { z } from "zod";
import { JsonValue } from "./json.ts";
import { AnsweredModel, EffectView, RunSummary, Usage } from "./run.ts";
import { SpanStatus } from "./status.ts";

/** What can differ in a step. Tokens, cost and latency always do; they are given as deltas instead. */
const stepDifferences = ["type", "status", "model", "prompt", "arguments", "output", "effect"] as const;
export const StepDifference = z.enum(stepDifferences).meta({ id: "StepDifference" });
export type StepDifference = z.infer<typeof StepDifference>;

/** A number on both sides; `delta` is b − a, null where one of them is unknown. */
export const NumberDelta = z
  .object({ a: z.number().nullable(), b: z.number().nullable(), delta: z.number().nullable() })
  .meta({ id: "NumberDelta" });
export type NumberDelta = z.infer<typeof NumberDelta>;

/** One place where two JSON values differ: `path` is a JSON Pointer (RFC 6901); an absent side is null beside `added`/`removed`. */
export const ValueChange = z
  .object({
    path: z.string(),
    op: z.enum(["added", "removed", "changed"]),
    a: JsonValue,
    b: JsonValue,
  })
  .meta({ id: "ValueChange" });
export type ValueChange = z.infer<typeof ValueChange>;

export const ValueDiff = z
  .object({
    changes: z.array(ValueChange),
    truncated: z.boolean().meta({
      description:
        "There are more differences than `changes` names (none: the values were too large to be read), or a value is truncated: the spans have everything",
    }),
  })
  .meta({ id: "ValueDiff" });
export type ValueDiff = z.infer<typeof ValueDiff>;

/** One side of an aligned step, without its bodies. */
export const ComparedStepSide = z
  .object({
    spanId: z.string().nullable(),
    key: z.string(),
    nodeId: z.string(),
    type: z.string(),
    status: SpanStatus,
    startMs: z.number().nullable(),
    durationMs: z.number().nullable(),
    modelRef: z.string().nullable(),
    answeredModel: AnsweredModel,
    promptHash: z.string().nullable(),
    usage: Usage.nullable(),
    costMicros: z.int().nullable(),
    effect: EffectView.nullable(),
  })
  .meta({ id: "ComparedStepSide" });
export type ComparedStepSide = z.infer<typeof ComparedStepSide>;

/** Two steps that belong together, or one without a counterpart (the other side is null: a gap). */
export const ComparedStep = z
  .object({
    a: ComparedStepSide.nullable(),
    b: ComparedStepSide.nullable(),
    alignedBy: z.enum(["node", "mapping", "order"]).nullable().meta({ description: "null = a gap" }),
    differences: z.array(StepDifference).meta({ description: "Empty for a gap and for equal steps" }),
    diverges: z.boolean().meta({ description: "A gap, or a difference other than the effect verdict alone" }),
    arguments: ValueDiff.nullable(),
    output: ValueDiff.nullable(),
    durationMs: NumberDelta,
    inputTokens: NumberDelta,
    outputTokens: NumberDelta,
    costMicros: NumberDelta,
  })
  .meta({ id: "ComparedStep" });
export type ComparedStep = z.infer<typeof ComparedStep>;

export const ComparedRun = RunSummary.pick({
  id: true,
  workflow: true,
  version: true,
  status: true,
  statusReason: true,
  mode: true,
  replayOf: true,
  depth: true,
  startedAt: true,
  durationMs: true,
  usage: true,
  costMicros: true,
  models: true,
  prompts: true,
  effects: true,
  url: true,
}).meta({ id: "ComparedRun" });
export type ComparedRun = z.infer<typeof ComparedRun>;

/** `GET /runs/{id}/compare/{otherId}`: `a` is the older side (for a replay its source), `b` the newer. */
export const RunComparison = z
  .object({
    a: ComparedRun,
    b: ComparedRun,
    totals: z.object({
      steps: NumberDelta,
      durationMs: NumberDelta,
      inputTokens: NumberDelta,
      outputTokens: NumberDelta,
      costMicros: NumberDelta,
    }),
    counts: z.object({ same: z.int(), changed: z.int(), onlyA: z.int(), onlyB: z.int() }),
    firstDivergence: z.int().nullable().meta({ description: "Index into steps" }),
    steps: z.array(ComparedStep),
  })
  .meta({ id: "RunComparison" });
export type RunComparison = z.infer<typeof RunComparison>;
