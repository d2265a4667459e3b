import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import type { JsonObject } from "#/lib/contract/json.ts";
import { jsonBody, time } from "./columns.ts";
import { promptRevisions } from "./prompts.ts";
import { workspaces } from "./tenancy.ts";

export const workflows = pgTable(
  "workflows",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    slug: text("slug").notNull(),
    name: text("name").notNull(),
    /** The highest number ever assigned; numbers are never reused. */
    lastVersion: integer("last_version").notNull().default(0),
    pausedAt: time("paused_at"),
    pausedReason: text("paused_reason"),
    pausedBy: text("paused_by"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    unique("workflows_workspace_id_slug").on(t.workspaceId, t.slug),
    unique("workflows_workspace_id_id").on(t.workspaceId, t.id),
    check("workflows_paused", sql`(${t.pausedAt} is null) = (${t.pausedReason} is null)`),
  ],
);

/** Immutable once pushed. Deleting keeps the row (runs point to it) and sets `deletedAt`. */
export const workflowVersions = pgTable(
  "workflow_versions",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    version: integer("version").notNull(),
    contentHash: text("content_hash").notNull(),
    definition: jsonBody<JsonObject>("definition").notNull(),
    createdAt: time("created_at").notNull().defaultNow(),
    createdBy: text("created_by"),
    deletedAt: time("deleted_at"),
    /** Runs that were triggered before it was pushed may still wait for it. */
    awaited: boolean("awaited").notNull().default(true),
  },
  (t) => [
    index("workflow_versions_awaited")
      .on(t.createdAt)
      .where(sql`${t.awaited}`),
    unique("workflow_versions_workflow_id_version").on(t.workflowId, t.version),
    unique("workflow_versions_workspace_workflow_id").on(t.workspaceId, t.workflowId, t.id),
    uniqueIndex("workflow_versions_content")
      .on(t.workflowId, t.contentHash)
      .where(sql`${t.deletedAt} is null`),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete("cascade"),
  ],
);

/** Which prompt revisions a version pins; while pinned they cannot be deleted. */
export const versionPrompts = pgTable(
  "version_prompts",
  {
    versionId: text("version_id")
      .notNull()
      .references(() => workflowVersions.id, { onDelete: "cascade" }),
    artifactId: text("artifact_id").notNull(),
    contentHash: text("content_hash").notNull(),
  },
  (t) => [
    unique("version_prompts_all").on(t.versionId, t.artifactId, t.contentHash),
    index("version_prompts_artifact").on(t.artifactId),
    foreignKey({
      columns: [t.artifactId, t.contentHash],
      foreignColumns: [promptRevisions.artifactId, promptRevisions.contentHash],
    }),
  ],
);
