import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { EffectsSummary, RunError, StepError } from "#/lib/contract/run.ts";
import type {
  EffectVerdict,
  LogLevel,
  ReplayMode,
  RunStatus,
  SpanKind,
  SpanStatus,
  StatusReason,
  TriggerKind,
} from "#/lib/contract/status.ts";
import { jsonBody, time } from "./columns.ts";
import { workflows, workflowVersions } from "./workflows.ts";

const count = (name: string) => bigint(name, { mode: "number" });

/** What model calls used and cost: a span's own, a run's total. */
export const usageColumns = {
  inputTokens: count("input_tokens"),
  outputTokens: count("output_tokens"),
  cacheReadTokens: count("cache_read_tokens"),
  cacheWriteTokens: count("cache_write_tokens"),
  reasoningTokens: count("reasoning_tokens"),
  costMicros: count("cost_micros"),
};

/** Narrow and hot; payload, output and plan are in run_bodies. */
export const runs = pgTable(
  "runs",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    versionId: text("version_id"),
    version: integer("version"),
    status: text("status").$type<RunStatus>().notNull(),
    statusReason: text("status_reason").$type<StatusReason>(),
    /** What someone asked the holder to do; read at every checkpoint. */
    control: text("control").$type<"cancel" | "pause">(),
    controlReason: text("control_reason").$type<"user" | "parent" | "policy">(),
    /** Token of the worker that holds the run; every write of the engine is fenced by it. */
    owner: text("owner"),
    admittedAt: time("admitted_at"),
    /** When it first got a slot; it keeps this when it gives the slot up. */
    dequeuedAt: time("dequeued_at"),
    triggerKind: text("trigger_kind").$type<TriggerKind>().notNull(),
    triggerActor: text("trigger_actor"),
    environment: text("environment").notNull().default("production"),
    tags: text("tags").array().notNull().default([]),
    metadata: jsonBody<JsonObject>("metadata"),
    priority: integer("priority").notNull().default(0),
    concurrencyKey: text("concurrency_key"),
    mode: text("mode").$type<ReplayMode>(),
    replayOf: text("replay_of"),
    rootRun: text("root_run").notNull(),
    depth: integer("depth").notNull().default(0),
    fromNodeId: text("from_node_id"),
    batchId: text("batch_id"),
    scheduleId: text("schedule_id"),
    parentRun: text("parent_run"),
    parentSpan: text("parent_span"),
    attempt: integer("attempt").notNull().default(1),
    /** Whether its mutating calls must pass the effect gate: replays, and whatever runs inside one. */
    gated: boolean("gated").notNull().default(false),
    /** How many runs it is nested in. */
    nesting: integer("nesting").notNull().default(0),
    startAt: time("start_at"),
    ttlMs: count("ttl_ms"),
    expiresAt: time("expires_at"),
    /** When a run that nobody holds next needs attention: delay over, TTL or deadline passed, a wait at its end. */
    dueAt: time("due_at"),
    maxDurationMs: count("max_duration_ms"),
    /** While its clock runs: when time is up. While it is stopped: what is left (null = nothing used yet). */
    deadlineAt: time("deadline_at"),
    remainingMs: count("remaining_ms"),
    maxCostMicros: count("max_cost_micros"),
    error: jsonBody<RunError>("error"),
    createdAt: time("created_at").notNull().defaultNow(),
    startedAt: time("started_at"),
    finishedAt: time("finished_at"),
    /**
     * The run's one counter: every lifecycle event, every start and every end of a span takes the next number, so it
     * orders all of them and is the cursor of live readers. Exact while nobody holds the run; the holder continues the count.
     */
    rev: integer("rev").notNull().default(0),
    steps: integer("steps").notNull().default(0),
    ...usageColumns,
    models: text("models").array().notNull().default([]),
    prompts: jsonBody<{ artifactId: string; contentHash: string }[]>("prompts").notNull().default([]),
    effects: jsonBody<EffectsSummary>("effects"),
  },
  (t) => [
    unique("runs_workspace_id_id").on(t.workspaceId, t.id),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete("cascade"),
    foreignKey({
      columns: [t.workspaceId, t.workflowId, t.versionId],
      foreignColumns: [workflowVersions.workspaceId, workflowVersions.workflowId, workflowVersions.id],
    }),
    index("runs_list").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("runs_list_filtered").on(
      t.workspaceId,
      t.workflowId,
      t.status,
      t.createdAt.desc().nullsFirst(),
      t.id.desc().nullsFirst(),
    ),
    index("runs_list_status").on(t.workspaceId, t.status, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("runs_replays")
      .on(t.workspaceId, t.replayOf, t.createdAt.desc().nullsFirst())
      .where(sql`${t.replayOf} is not null`),
    index("runs_quota")
      .on(t.workspaceId, t.createdAt.desc().nullsFirst())
      .where(sql`${t.replayOf} is not null and ${t.parentRun} is null`),
    index("runs_lineage").on(t.workspaceId, t.rootRun, t.createdAt.desc().nullsFirst()),
    index("runs_batch")
      .on(t.workspaceId, t.batchId, t.createdAt.desc().nullsFirst())
      .where(sql`${t.batchId} is not null`),
    index("runs_schedule")
      .on(t.workspaceId, t.scheduleId, t.createdAt.desc().nullsFirst())
      .where(sql`${t.scheduleId} is not null`),
    index("runs_tags").using("gin", t.tags),
    index("runs_backlog")
      .on(t.workspaceId, t.priority.desc().nullsFirst(), t.createdAt, t.id)
      .where(sql`${t.statusReason} = 'queued' and ${t.admittedAt} is null`),
    index("runs_backlog_keyed")
      .on(t.workspaceId, t.priority.desc().nullsFirst(), t.createdAt, t.id)
      .where(sql`${t.statusReason} = 'queued' and ${t.admittedAt} is null and ${t.concurrencyKey} is not null`),
    index("runs_versionless")
      .on(t.workspaceId, t.workflowId, t.version, t.statusReason, t.createdAt)
      .where(sql`${t.versionId} is null and ${t.status} = 'pending'`),
    index("runs_admitted")
      .on(t.workspaceId, t.id)
      .where(sql`${t.admittedAt} is not null`),
    index("runs_due")
      .on(t.dueAt)
      .where(sql`${t.dueAt} is not null`),
    index("runs_due_of_workspace")
      .on(t.workspaceId, t.dueAt)
      .where(sql`${t.dueAt} is not null`),
    index("runs_aged")
      .on(t.workspaceId, t.finishedAt)
      .where(sql`${t.finishedAt} is not null`),
    uniqueIndex("runs_child_of_span")
      .on(t.parentSpan)
      .where(sql`${t.parentSpan} is not null`),
    index("runs_children")
      .on(t.parentRun)
      .where(sql`${t.parentRun} is not null`),
    check(
      "runs_status",
      sql`${t.status} in ('pending', 'running', 'waiting', 'paused', 'completed', 'failed', 'cancelled')`,
    ),
    check(
      "runs_status_reason",
      sql`case ${t.status}
        when 'pending' then ${t.statusReason} in ('queued', 'delayed', 'pending_version') and ${t.statusReason} is not null
        when 'waiting' then ${t.statusReason} in ('child_run', 'timer', 'approval', 'retry_backoff') and ${t.statusReason} is not null
        when 'failed' then ${t.statusReason} in ('error', 'timed_out', 'crashed', 'system_failure', 'expired') and ${t.statusReason} is not null
        when 'cancelled' then ${t.statusReason} in ('user', 'parent', 'policy') and ${t.statusReason} is not null
        else ${t.statusReason} is null end`,
    ),
    check("runs_depth", sql`${t.depth} between 0 and 5`),
    check(
      "runs_lineage_whole",
      sql`(${t.replayOf} is null) = (${t.mode} is null) and (${t.replayOf} is null) = (${t.depth} = 0)`,
    ),
    check(
      "runs_final",
      sql`(${t.finishedAt} is not null) = (${t.status} in ('completed', 'failed', 'cancelled'))
        and (${t.finishedAt} is null or (${t.admittedAt} is null and ${t.owner} is null))`,
    ),
  ],
);

/** Bodies of a run, and what a replay was decided on: its request, plan and the policy in force at submit. */
export const runBodies = pgTable(
  "run_bodies",
  {
    runId: text("run_id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    payload: jsonBody("payload"),
    output: jsonBody("output"),
    replayRequest: jsonBody<JsonObject>("replay_request"),
    replayPlan: jsonBody<JsonObject>("replay_plan"),
    policySnapshot: jsonBody<JsonObject>("policy_snapshot"),
  },
  (t) => [
    foreignKey({ columns: [t.workspaceId, t.runId], foreignColumns: [runs.workspaceId, runs.id] }).onDelete("cascade"),
  ],
);

/**
 * What a run's payload is found by (runs/payload-terms.ts): a row of its own, since a run's row is written at every step
 * and would take the index along.
 */
export const runPayloadTerms = pgTable(
  "run_payload_terms",
  {
    runId: text("run_id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    terms: uuid("terms").array().notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.workspaceId, t.runId], foreignColumns: [runs.workspaceId, runs.id] }).onDelete("cascade"),
    index("run_payload_terms_terms").using("gin", t.terms),
  ],
);

/**
 * A span is both the trace and the checkpoint. `key` is its path in the run (classify, decide/turn-1/refund_order-0;
 * a failed attempt is `key#n`): a finished row is never executed again.
 */
export const spans = pgTable(
  "spans",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    runId: text("run_id").notNull(),
    parentId: text("parent_id"),
    key: text("key").notNull(),
    kind: text("kind").$type<SpanKind>().notNull(),
    nodeId: text("node_id").notNull(),
    name: text("name").notNull(),
    status: text("status").$type<SpanStatus>().notNull(),
    attempt: integer("attempt").notNull().default(1),
    /** Order of creation within the run. */
    seq: integer("seq").notNull(),
    /** Numbers, in the run's counter, of the start and of the last change. */
    startRev: integer("start_rev").notNull(),
    rev: integer("rev").notNull(),
    startedAt: time("started_at"),
    finishedAt: time("finished_at"),
    /** While it waits: when it continues by itself. */
    wakeAt: time("wake_at"),
    /** Size of its output (runs/output-limits.ts); null = it has none, or is older than this column. */
    outputBytes: integer("output_bytes"),
    modelRef: text("model_ref"),
    /** The model that answered, as the provider names it; `modelRef` is the one asked for. */
    answeredModel: text("answered_model"),
    promptArtifact: text("prompt_artifact"),
    promptHash: text("prompt_hash"),
    /** True where this span itself called a model; only these are summed up. */
    madeCall: boolean("made_call").notNull().default(false),
    ...usageColumns,
    effectVerdict: text("effect_verdict").$type<EffectVerdict>(),
    mutating: boolean("mutating").notNull().default(false),
    effectWhy: text("effect_why"),
    /** The mutation grant by which the call was made. */
    effectGrant: text("effect_grant"),
    /** Tool and canonical arguments, hashed; by it a replay finds the recorded answer. */
    callSignature: text("call_signature"),
    tool: text("tool"),
    /** What the original did: 'same', 'other_arguments' or 'never'. */
    againstOriginal: text("against_original").$type<"same" | "other_arguments" | "never">(),
    recordedRun: text("recorded_run"),
    recordedSpan: text("recorded_span"),
    reusedRun: text("reused_run"),
    reusedSpan: text("reused_span"),
    error: jsonBody<StepError>("error"),
  },
  (t) => [
    unique("spans_run_key").on(t.runId, t.key),
    index("spans_changes").on(t.runId, t.rev),
    index("spans_starts").on(t.runId, t.startRev),
    index("spans_steps")
      .on(t.runId)
      .where(sql`${t.parentId} is null`),
    index("spans_children")
      .on(t.parentId)
      .where(sql`${t.parentId} is not null`),
    index("spans_reused")
      .on(t.reusedRun)
      .where(sql`${t.reusedRun} is not null`),
    foreignKey({ columns: [t.workspaceId, t.runId], foreignColumns: [runs.workspaceId, runs.id] }).onDelete("cascade"),
    check("spans_status", sql`${t.status} in ('running', 'waiting', 'completed', 'failed', 'cancelled', 'skipped')`),
  ],
);

/** The fat half of a span, never read with the skeleton. */
export const spanBodies = pgTable("span_bodies", {
  spanId: text("span_id")
    .primaryKey()
    .references(() => spans.id, { onDelete: "cascade" }),
  input: jsonBody("input"),
  output: jsonBody("output"),
  attributes: jsonBody<JsonObject>("attributes"),
});

/** Who decided on an approval that a run waits for; the first decision counts. */
export const approvals = pgTable("approvals", {
  spanId: text("span_id")
    .primaryKey()
    .references(() => spans.id, { onDelete: "cascade" }),
  decision: text("decision").$type<"approve" | "reject">().notNull(),
  comment: text("comment"),
  decidedBy: text("decided_by"),
  decidedAt: time("decided_at").notNull().defaultNow(),
});

/** Lifecycle of a run, in order. */
export const runEvents = pgTable(
  "run_events",
  {
    runId: text("run_id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    seq: integer("seq").notNull(),
    type: text("type").notNull(),
    at: time("at").notNull().defaultNow(),
    data: jsonBody<JsonObject>("data").notNull().default({}),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.seq] }),
    foreignKey({ columns: [t.workspaceId, t.runId], foreignColumns: [runs.workspaceId, runs.id] }).onDelete("cascade"),
  ],
);

/**
 * Log lines of a run, written in the statement of the span that they belong to. `seq` is the number in the run's counter
 * of that span's change, times 100, plus the line's place: lines take no number of their own, so events have no gaps.
 */
export const runLogs = pgTable(
  "run_logs",
  {
    runId: text("run_id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    seq: count("seq").notNull(),
    spanId: text("span_id").notNull(),
    nodeId: text("node_id").notNull(),
    level: text("level").$type<LogLevel>().notNull(),
    message: text("message").notNull(),
    at: time("at").notNull(),
    data: jsonBody<JsonObject>("data").notNull().default({}),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.seq] }),
    foreignKey({ columns: [t.workspaceId, t.runId], foreignColumns: [runs.workspaceId, runs.id] }).onDelete("cascade"),
    check("run_logs_level", sql`${t.level} in ('debug', 'info', 'warn', 'error')`),
  ],
);
