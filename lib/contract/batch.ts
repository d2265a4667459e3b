import { z } from "zod";
import { ErrorCode } from "./problem.ts";
import { GuardVerdict, Preflight, ReplayRequest } from "./replay.ts";
import { EffectsSummary, NamedRunFilter, RunFilter, Timestamp } from "./run.ts";
import { withPayloadFields } from "./payload-filter.ts";
import { RunStatus } from "./status.ts";
import { text } from "./text.ts";

/** The most runs of one batch, and the most that one request names or a filter may match. */
export const mostBatchRuns = 1000;

export const BatchStatus = z.enum(["running", "paused", "completed", "aborted"]);
export type BatchStatus = z.infer<typeof BatchStatus>;

/** Why a batch is paused: somebody asked; its cost cap was reached; whoever it acts for may no longer replay. */
export const BatchStatusReason = z.enum(["user", "cost_cap", "forbidden"]);
export type BatchStatusReason = z.infer<typeof BatchStatusReason>;

export const batchItemStatuses = ["queued", "submitted", "refused", "skipped", "aborted"] as const;
export const BatchItemStatus = z.enum(batchItemStatuses);
export type BatchItemStatus = z.infer<typeof BatchItemStatus>;

/** A list, of which one value may stand alone. */
function oneOrSeveral(field: z.ZodType): z.ZodType {
  if (!(field instanceof z.ZodOptional)) return field;
  const list = field.unwrap();
  if (!(list instanceof z.ZodArray)) return field;
  return z.union([list, (list.element as z.ZodType).transform((value) => [value])]).optional();
}

/** The filters of `GET /runs` in a body: each a value or a list, and `since` (a duration before now) beside `from`. */
export const RunSelectionFilter = withPayloadFields(
  z
    .object(
      Object.fromEntries(
        Object.entries(NamedRunFilter.shape).map(([name, field]) => [name, oneOrSeveral(field)]),
      ) as unknown as typeof NamedRunFilter.shape,
    )
    .extend({ since: z.string().max(64).optional().meta({ description: "A duration before now: 24h, 7d" }) }),
).meta({ id: "RunSelectionFilter" });
export type RunSelectionFilter = z.infer<typeof RunSelectionFilter>;

const selection = {
  runIds: z
    .array(text().min(1).max(64))
    .min(1)
    .max(100_000)
    .optional()
    .meta({ description: `Up to ${mostBatchRuns} runs; more are refused with \`batch_too_large\`` }),
  filter: RunSelectionFilter.optional().meta({ description: "At least one filter" }),
};

/** Which runs: by their ids or by a filter, never both. */
export const RunSelection = z.strictObject(selection).superRefine(eitherOr).meta({ id: "RunSelection" });
export type RunSelection = z.infer<typeof RunSelection>;

const BatchOfRuns = {
  ...selection,
  name: text().min(1).max(200).optional(),
  request: ReplayRequest.optional(),
  maxCostMicros: z
    .int()
    .min(0)
    .optional()
    .meta({ description: "Pauses the batch when its replays have cost so much; those under way may exceed it" }),
  onRefusal: z
    .enum(["skip", "stop"])
    .optional()
    .meta({ description: "`stop` skips the rest when a run cannot be replayed" }),
};

/** `POST /replay-batches` and its preflight. */
export const BatchRequest = z.strictObject(BatchOfRuns).superRefine(eitherOr).meta({ id: "ReplayBatchRequest" });
export type BatchRequest = z.infer<typeof BatchRequest>;

function eitherOr({ runIds, filter }: { runIds?: unknown; filter?: unknown }, ctx: z.RefinementCtx): void {
  if ((runIds === undefined) === (filter === undefined))
    ctx.addIssue({ code: "custom", path: ["runIds"], message: "give either runIds or filter" });
}

export const BatchAccepted = z
  .object({
    id: z.string(),
    total: z.int().meta({ description: "Runs in it" }),
    status: BatchStatus,
    etaSeconds: z.int().nullable().meta({ description: "Until its last replay is accepted; null while it is paused" }),
    url: z.string(),
  })
  .meta({ id: "ReplayBatchAccepted" });
export type BatchAccepted = z.infer<typeof BatchAccepted>;

const Counts = z.record(BatchItemStatus, z.int());

export const BatchSummary = BatchAccepted.extend({
  name: z.string().nullable(),
  statusReason: BatchStatusReason.nullable(),
  author: z.string().nullable(),
  createdAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  counts: Counts.meta({ description: "Items by status" }),
  runCounts: z.record(RunStatus, z.int()).meta({ description: "Its replays by status; deleted ones are missing" }),
}).meta({ id: "ReplayBatchSummary" });
export type BatchSummary = z.infer<typeof BatchSummary>;

const ByCode = z.array(z.object({ code: ErrorCode, count: z.int() }));

export const Batch = BatchSummary.extend({
  request: ReplayRequest,
  filter: RunFilter.nullable().meta({ description: "What chose the runs; null = their ids were given" }),
  onRefusal: z.enum(["skip", "stop"]),
  maxCostMicros: z.int().nullable(),
  costMicros: z.int().nullable().meta({
    description: "What its replays that have ended cost; null when nobody knows for one of them",
  }),
  refusals: ByCode.meta({ description: "Refused items by code" }),
  effects: EffectsSummary.meta({ description: "Calls of its replays that have ended, by verdict" }),
  pace: z
    .object({ limit: z.int(), used: z.int() })
    .meta({ description: "Replays of batches that the workspace accepts in a minute, and accepted in the last one" }),
}).meta({ id: "ReplayBatch" });
export type Batch = z.infer<typeof Batch>;

export const BatchItem = z
  .object({
    runId: z.string(),
    status: BatchItemStatus,
    code: ErrorCode.nullable().meta({ description: "Why it was refused, as a single submit says it" }),
    message: z.string().nullable(),
    newRunId: z.string().nullable(),
    runStatus: RunStatus.nullable().meta({ description: "Of the replay" }),
    sourceStatus: RunStatus.nullable().meta({ description: "Of the run that is replayed" }),
    costMicros: z.int().nullable(),
    effects: EffectsSummary.nullable(),
  })
  .meta({ id: "ReplayBatchItem" });
export type BatchItem = z.infer<typeof BatchItem>;

/** `POST /replay-batches/{id}/resume`. */
export const ResumeBatchRequest = z
  .strictObject({ maxCostMicros: z.int().min(0).nullable().optional() })
  .meta({ id: "ResumeReplayBatchRequest" });

export const BatchPreflight = z
  .object({
    total: z.int(),
    replayable: z.int().meta({ description: "Runs that a batch would replay now" }),
    verdicts: z
      .array(
        z.object({
          code: ErrorCode,
          level: GuardVerdict.shape.level,
          message: z.string(),
          count: z.int(),
          runIds: z.array(z.string()).meta({ description: "The first ten" }),
        }),
      )
      .meta({ description: "What blocks runs, or warns, by code; a run counts for the first code that blocks it" }),
    forecast: Preflight.shape.forecast.meta({
      description: "Of all runs that can be replayed; null when it is unknown for one of them",
    }),
    calls: z
      .object({ live: z.int(), dryRun: z.int() })
      .meta({ description: "Mutating calls that are planned, by verdict" }),
    etaSeconds: z.int(),
  })
  .meta({ id: "ReplayBatchPreflight" });
export type BatchPreflight = z.infer<typeof BatchPreflight>;

/** `POST /runs/cancel`. */
export const CancelledRuns = z
  .object({
    cancelled: z.array(z.string()).meta({ description: "Runs that ended, or were asked to stop" }),
    notCancellable: z.array(z.object({ id: z.string(), code: ErrorCode })),
  })
  .meta({ id: "CancelledRuns" });
export type CancelledRuns = z.infer<typeof CancelledRuns>;
