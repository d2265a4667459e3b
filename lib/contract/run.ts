import { z } from "zod";
import { JsonObject, JsonValue } from "./json.ts";
import { MomentText } from "./moment-text.ts";
import { PageQuery } from "./page.ts";
import { withPayloadFields } from "./payload-filter.ts";
import { ErrorCode } from "./problem.ts";
import {
  EffectVerdict,
  NodeType,
  ReplayMode,
  RunStatus,
  SpanKind,
  SpanStatus,
  StatusReason,
  TriggerKind,
} from "./status.ts";
import { text } from "./text.ts";

export const Timestamp = z.string().meta({ format: "date-time", description: "RFC 3339 UTC with milliseconds" });

/** Tokens of model calls; input is the total, cache reads and writes included (OpenTelemetry GenAI). Unknown is null. */
export const Usage = z
  .object({
    inputTokens: z.int().nullable(),
    outputTokens: z.int().nullable(),
    cacheReadTokens: z.int().nullable(),
    cacheWriteTokens: z.int().nullable(),
    reasoningTokens: z.int().nullable(),
  })
  .meta({ id: "Usage" });
export type Usage = z.infer<typeof Usage>;

export const RunError = z
  .object({
    code: ErrorCode,
    message: z.string(),
    nodeId: z.string().nullable(),
    spanId: z.string().nullable(),
  })
  .meta({ id: "RunError" });
export type RunError = z.infer<typeof RunError>;

export const StepError = z.object({ code: ErrorCode, message: z.string() }).meta({ id: "StepError" });
export type StepError = z.infer<typeof StepError>;

/** How many tool calls of a run got which verdict, and what a replay wanted that its original did not do. */
export const EffectsSummary = z
  .object({
    live: z.int(),
    dryRunRecorded: z.int(),
    dryRunSimulated: z.int(),
    blocked: z.int(),
    reused: z.int(),
    refused: z
      .int()
      .meta({ description: "Calls of unknown tools, or with arguments that do not fit; nothing was sent" }),
    neverMadeByOriginal: z.int(),
    otherArguments: z.int(),
  })
  .meta({ id: "EffectsSummary" });
export type EffectsSummary = z.infer<typeof EffectsSummary>;
/** For a run that called nothing. */
export const noEffects: EffectsSummary = {
  live: 0,
  dryRunRecorded: 0,
  dryRunSimulated: 0,
  blocked: 0,
  reused: 0,
  refused: 0,
  neverMadeByOriginal: 0,
  otherArguments: 0,
};

/** A run as lists show it: everything but payload, output and plan. */
export const RunSummary = z
  .object({
    id: z.string(),
    workflow: z.object({ id: z.string(), slug: z.string() }),
    version: z.int().nullable().meta({ description: "null while the version is not pushed yet" }),
    status: RunStatus,
    statusReason: StatusReason.nullable(),
    mode: ReplayMode.nullable(),
    replayOf: z.string().nullable(),
    rootRun: z.string(),
    depth: z.int(),
    fromNodeId: z.string().nullable(),
    batch: z.string().nullable().meta({ description: "The batch that replayed it" }),
    schedule: z.string().nullable().meta({ description: "The schedule that started it" }),
    attempt: z.int(),
    trigger: z.object({ kind: TriggerKind, actor: z.string().nullable() }),
    environment: z.string(),
    tags: z.array(z.string()),
    metadata: JsonObject.nullable().meta({ description: "What was noted at the trigger" }),
    error: RunError.nullable(),
    createdAt: Timestamp,
    startAt: Timestamp.nullable().meta({ description: "The time that its delay names: it starts no earlier" }),
    dequeuedAt: Timestamp.nullable().meta({
      description: "When it first got a slot: before, it was queued or delayed",
    }),
    startedAt: Timestamp.nullable(),
    finishedAt: Timestamp.nullable(),
    durationMs: z.int().nullable(),
    steps: z.int().meta({ description: "Steps recorded so far" }),
    usage: Usage,
    costMicros: z.int().nullable(),
    models: z.array(z.string()),
    prompts: z.array(z.object({ artifactId: z.string(), contentHash: z.string() })),
    effects: EffectsSummary,
    url: z.string(),
  })
  .meta({ id: "RunSummary" });
export type RunSummary = z.infer<typeof RunSummary>;

/** A mutating call that a replay wanted and its original did not make like this. */
export const DifferingCall = z
  .object({
    spanId: z.string(),
    nodeId: z.string(),
    name: z.string().meta({ description: "The agent's tool, or the node that makes the call itself" }),
    differs: z.enum(["never_made", "other_arguments"]),
  })
  .meta({ id: "DifferingCall" });
export type DifferingCall = z.infer<typeof DifferingCall>;

export const Run = RunSummary.extend({
  payload: JsonValue,
  output: JsonValue,
  differingCalls: z.array(DifferingCall).meta({
    description: "The first 20 mutating calls that the original never made, or made with other arguments",
  }),
}).meta({ id: "Run" });
export type Run = z.infer<typeof Run>;

const mostMetadataBytes = 4096;

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

export const TriggerRequest = z
  .strictObject({
    payload: JsonValue.optional(),
    version: z.union([z.int().positive(), z.literal("latest")]).optional(),
    environment: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,31}$/)
      .optional(),
    tags: z.array(text().min(1).max(128)).max(10).optional(),
    metadata: JsonObject.optional()
      .refine((value) => value === undefined || byteLength(JSON.stringify(value)) <= mostMetadataBytes, {
        message: `must be at most ${mostMetadataBytes} bytes of JSON`,
      })
      .meta({ description: "An object of your own, up to 4 KB; kept with the run and its replays" }),
    delay: z.string().max(64).optional().meta({ description: "A duration (3s, 10m, 1h) or an RFC 3339 time" }),
    ttl: z.string().max(64).optional().meta({ description: "A duration (3s, 10m, 1h)" }),
    maxDurationMs: z.int().min(1).max(86_400_000).optional().meta({
      description: "Working time since the first start; pauses, queueing, timers and approvals do not count",
    }),
    priority: z.int().min(-100).max(100).optional(),
    concurrencyKey: text().min(1).max(128).optional(),
  })
  .meta({ id: "TriggerRequest" });
export type TriggerRequest = z.infer<typeof TriggerRequest>;

/** The most runs that one request triggers. */
const mostTriggeredRuns = 500;

/** `POST /workflows/{slug}/runs/batch`: all of them or none. */
export const TriggerManyRequest = z
  .strictObject({ items: z.array(TriggerRequest).min(1).max(mostTriggeredRuns) })
  .meta({ id: "TriggerManyRequest" });

export const ApprovalRequest = z
  .strictObject({ decision: z.enum(["approve", "reject"]), comment: text().max(2000).optional() })
  .meta({ id: "ApprovalRequest" });
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** An approval that a run waits for now. */
export const OpenApproval = z
  .object({
    spanId: z.string(),
    nodeId: z.string(),
    key: z.string(),
    title: z.string(),
    requestedAt: Timestamp.nullable(),
    expiresAt: Timestamp.nullable().meta({ description: "When it times out; null = never" }),
  })
  .meta({ id: "OpenApproval" });
export type OpenApproval = z.infer<typeof OpenApproval>;

export const RescheduleRequest = z
  .strictObject({
    delay: z.string().min(1).max(64).meta({ description: "A duration (3s, 10m, 1h) or an RFC 3339 time" }),
  })
  .meta({ id: "RescheduleRequest" });

/** A filter that may be given several times; a run must have any of its values. */
const anyOf = <T extends z.ZodType>(value: T) => z.array(value).max(100).optional();

/** The filters that have a fixed name. */
export const NamedRunFilter = z.object({
  status: anyOf(RunStatus),
  workflow: anyOf(z.string().max(128)),
  version: z.coerce.number().int().positive().optional(),
  tag: anyOf(z.string().max(128)),
  environment: anyOf(z.string().max(32)),
  from: MomentText.optional(),
  to: MomentText.optional(),
  mode: anyOf(z.enum(["original", "as_is", "prompt", "model"])),
  replayOf: z.string().max(64).optional(),
  rootRun: z.string().max(64).optional(),
  batch: z.string().max(64).optional(),
  schedule: z.string().max(64).optional(),
  q: z.string().max(256).optional().meta({
    description: "A run's id, its beginning or its tail; a workflow's slug or name; a tag; part of the error",
  }),
});

/** `GET /runs` filters, before paging, and what chooses the runs of a batch. */
export const RunFilter = withPayloadFields(NamedRunFilter);
export type RunFilter = z.infer<typeof RunFilter>;

/** The query of `GET /runs`. */
export const RunListRequest = withPayloadFields(NamedRunFilter.extend(PageQuery.shape));

export const EffectView = z
  .object({
    verdict: EffectVerdict,
    mutating: z.boolean(),
    why: z.string(),
    grant: z.string().nullable().meta({ description: "The mutation grant by which the call was made" }),
    recordedFrom: z.object({ runId: z.string(), spanId: z.string() }).nullable(),
  })
  .meta({ id: "Effect" });
export type EffectView = z.infer<typeof EffectView>;

export const AttemptView = z
  .object({
    id: z.string().meta({ description: "Its span; a single attempt is the step's own" }),
    attempt: z.int(),
    status: SpanStatus,
    error: StepError.nullable(),
    output: JsonValue.meta({ description: "What the attempt that succeeded put out; null for any other" }),
    outputOmitted: z.boolean().meta({
      description: "true: too large for this list; the step's span (`GET /runs/{id}/spans/{spanId}`) has it",
    }),
    startedAt: Timestamp.nullable(),
    finishedAt: Timestamp.nullable(),
  })
  .meta({ id: "Attempt" });
export type AttemptView = z.infer<typeof AttemptView>;

export const AnsweredModel = z.string().nullable().meta({
  description: "The model that the provider reports, in its own words; for an agent, that of its last turn",
});

const stepFields = {
  nodeId: z.string(),
  key: z.string().meta({ description: "Path of the step: classify, each[2].score, decide/turn-1/refund_order-0" }),
  spanId: z.string(),
  type: NodeType.nullable(),
  status: SpanStatus,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
  effect: EffectView.nullable(),
  reusedFrom: z.object({ runId: z.string(), spanId: z.string() }).nullable(),
  modelRef: z.string().nullable().meta({ description: "The model asked for" }),
  answeredModel: AnsweredModel,
  promptHash: z.string().nullable(),
  usage: Usage.nullable(),
  costMicros: z.int().nullable(),
};

export const Step = z
  .object({
    ...stepFields,
    error: StepError.nullable().meta({ description: "Of the last attempt" }),
    attempts: z.array(AttemptView),
  })
  .meta({ id: "Step" });
export type Step = z.infer<typeof Step>;

export const SpanDetail = z
  .object({
    ...stepFields,
    id: z.string(),
    parentId: z.string().nullable(),
    kind: SpanKind,
    name: z.string(),
    attempt: z.int(),
    durationMs: z.int().nullable(),
    input: JsonValue,
    output: JsonValue,
    error: StepError.nullable(),
    attributes: z.record(z.string(), JsonValue),
    bodyKept: z
      .boolean()
      .meta({ description: "false: reused from a run that was deleted; input and output are no longer kept" }),
  })
  .meta({ id: "Span" });
export type SpanDetail = z.infer<typeof SpanDetail>;

/** Answer to a trigger or a replay: what was accepted, and where to watch it. */
export const RunAccepted = z
  .object({
    id: z.string(),
    status: RunStatus,
    statusReason: StatusReason.nullable(),
    workflow: z.object({ id: z.string(), slug: z.string() }),
    version: z.int().nullable(),
    createdAt: Timestamp,
    url: z.string(),
  })
  .meta({ id: "RunAccepted" });
export type RunAccepted = z.infer<typeof RunAccepted>;

/** Answer to a trigger; when its idempotency key is used again, with what came of the run once it has ended. */
export const TriggerAccepted = RunAccepted.extend({
  output: JsonValue.optional(),
  error: RunError.nullable().optional(),
}).meta({ id: "TriggerAccepted" });
export type TriggerAccepted = z.infer<typeof TriggerAccepted>;
