import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, pgTable, text, unique } from "drizzle-orm/pg-core";
import type { StepError } from "#/lib/contract/run.ts";
import { jsonBody, time } from "./columns.ts";
import { workflows } from "./workflows.ts";

/** When runs of a workflow start by themselves. */
export const schedules = pgTable(
  "schedules",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    cron: text("cron").notNull(),
    timeZone: text("time_zone").notNull(),
    payload: jsonBody("payload"),
    environment: text("environment").notNull(),
    enabled: boolean("enabled").notNull(),
    /** A tick that nobody could take in time runs once, late; else it is skipped. */
    catchUp: boolean("catch_up").notNull(),
    /** The tick that comes next; null while it is disabled, and when no more comes. */
    nextAt: time("next_at"),
    lastAt: time("last_at"),
    lastRun: text("last_run"),
    /** Why the last tick made no run. */
    lastError: jsonBody<StepError>("last_error"),
    author: text("author"),
    createdAt: time("created_at").notNull().defaultNow(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [
    unique("schedules_workspace_id_id").on(t.workspaceId, t.id),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete("cascade"),
    index("schedules_list").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("schedules_due")
      .on(t.nextAt)
      .where(sql`${t.nextAt} is not null`),
    check("schedules_disabled", sql`${t.enabled} or ${t.nextAt} is null`),
  ],
);
