import { sql } from "drizzle-orm";
import { check, foreignKey, integer, pgTable, primaryKey, text, unique } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

export const promptArtifacts = pgTable(
  "prompt_artifacts",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    createdAt: time("created_at").notNull().defaultNow(),
    createdBy: text("created_by"),
  },
  (t) => [
    unique("prompt_artifacts_workspace_id_id").on(t.workspaceId, t.id),
    unique("prompt_artifacts_workspace_id_name").on(t.workspaceId, t.name),
  ],
);

/** Immutable; identified within the artifact by the hash of its text. */
export const promptRevisions = pgTable(
  "prompt_revisions",
  {
    workspaceId: text("workspace_id").notNull(),
    artifactId: text("artifact_id").notNull(),
    contentHash: text("content_hash").notNull(),
    revision: integer("revision").notNull(),
    text: text("text").notNull(),
    createdAt: time("created_at").notNull().defaultNow(),
    createdBy: text("created_by"),
  },
  (t) => [
    primaryKey({ columns: [t.artifactId, t.contentHash] }),
    unique("prompt_revisions_artifact_id_revision").on(t.artifactId, t.revision),
    foreignKey({
      columns: [t.workspaceId, t.artifactId],
      foreignColumns: [promptArtifacts.workspaceId, promptArtifacts.id],
    }).onDelete("cascade"),
    check("prompt_revisions_hash", sql`${t.contentHash} ~ '^sha256:[0-9a-f]{64}$'`),
  ],
);
