import { sql } from "drizzle-orm";
import { check, foreignKey, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { MappingVisibility } from "#/lib/contract/mapping.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";
import { jsonBody, time } from "./columns.ts";
import { workflows } from "./workflows.ts";

export const nodeMappings = pgTable(
  "node_mappings",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    fromVersion: integer("from_version").notNull(),
    toVersion: integer("to_version").notNull(),
    visibility: text("visibility").$type<MappingVisibility>().notNull(),
    /** The member who made it, or for whom the API key acts. */
    author: text("author").notNull(),
    pairs: jsonBody<MappingPairs>("pairs").notNull(),
    revision: integer("revision").notNull().default(1),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("node_mappings_private")
      .on(t.workflowId, t.fromVersion, t.toVersion, t.author)
      .where(sql`${t.visibility} = 'private'`),
    uniqueIndex("node_mappings_shared")
      .on(t.workflowId, t.fromVersion, t.toVersion)
      .where(sql`${t.visibility} = 'shared'`),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete("cascade"),
    check("node_mappings_visibility", sql`${t.visibility} in ('private', 'shared')`),
  ],
);
