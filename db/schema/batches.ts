import { sql } from "drizzle-orm";
import { bigint, check, foreignKey, index, integer, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import type { BatchItemStatus, BatchStatus, BatchStatusReason } from "#/lib/contract/batch.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import { jsonBody, time } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

/** Many replays by one request; its items are the runs that were chosen when it was made. */
export const replayBatches = pgTable(
  "replay_batches",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    name: text("name"),
    status: text("status").$type<BatchStatus>().notNull(),
    statusReason: text("status_reason").$type<BatchStatusReason>(),
    /** One replay request for every run. */
    request: jsonBody<JsonObject>("request").notNull(),
    /** By what the runs were chosen, with relative times resolved; null = by their ids. */
    filter: jsonBody<JsonObject>("filter"),
    onRefusal: text("on_refusal").$type<"skip" | "stop">().notNull(),
    maxCostMicros: bigint("max_cost_micros", { mode: "number" }),
    total: integer("total").notNull(),
    /** How many of its items wait: for estimates. What is done next, the items say. */
    queued: integer("queued").notNull().default(0),
    author: text("author"),
    /** For whom the next replays are submitted: the author, or whoever resumed or retried last. Null = the system. */
    actor: text("actor"),
    createdAt: time("created_at").notNull().defaultNow(),
    finishedAt: time("finished_at"),
    /** When a replay of it was last accepted: the batches of a workspace take turns by this. */
    submittedAt: time("submitted_at"),
    /** When a running batch is looked at next. */
    nextAt: time("next_at"),
  },
  (t) => [
    unique("replay_batches_workspace_id_id").on(t.workspaceId, t.id),
    foreignKey({ columns: [t.workspaceId], foreignColumns: [workspaces.id] }).onDelete("cascade"),
    index("replay_batches_list").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("replay_batches_due")
      .on(t.nextAt)
      .where(sql`${t.status} = 'running'`),
    index("replay_batches_running")
      .on(t.workspaceId)
      .where(sql`${t.status} = 'running'`),
    check("replay_batches_status", sql`${t.status} in ('running', 'paused', 'completed', 'aborted')`),
    check("replay_batches_status_reason", sql`(${t.status} = 'paused') = (${t.statusReason} is not null)`),
    check("replay_batches_next", sql`(${t.status} = 'running') = (${t.nextAt} is not null)`),
    check("replay_batches_finished", sql`(${t.status} in ('completed', 'aborted')) = (${t.finishedAt} is not null)`),
  ],
);

/** A chosen run and what became of it. The row outlives both its run and the replay. */
export const replayBatchItems = pgTable(
  "replay_batch_items",
  {
    batchId: text("batch_id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    position: integer("position").notNull(),
    runId: text("run_id").notNull(),
    status: text("status").$type<BatchItemStatus>().notNull().default("queued"),
    /** Why it was refused. */
    code: text("code").$type<ErrorCode>(),
    message: text("message"),
    newRunId: text("new_run_id"),
    /** When the replay was accepted, by database time: counts against the pace even when the run is deleted. */
    submittedAt: time("submitted_at"),
    /** How often submitting failed for no reason of its own; after the third time it is refused. */
    failures: integer("failures").notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.batchId, t.position] }),
    unique("replay_batch_items_run").on(t.batchId, t.runId),
    foreignKey({
      columns: [t.workspaceId, t.batchId],
      foreignColumns: [replayBatches.workspaceId, replayBatches.id],
    }).onDelete("cascade"),
    index("replay_batch_items_status").on(t.batchId, t.status, t.position),
    index("replay_batch_items_pace")
      .on(t.workspaceId, t.submittedAt)
      .where(sql`${t.submittedAt} is not null`),
    check("replay_batch_items_status", sql`${t.status} in ('queued', 'submitted', 'refused', 'skipped', 'aborted')`),
    check(
      "replay_batch_items_outcome",
      sql`(${t.status} = 'submitted') = (${t.newRunId} is not null) and (${t.status} = 'submitted') = (${t.submittedAt} is not null)
        and (${t.status} = 'refused') = (${t.code} is not null)`,
    ),
  ],
);
