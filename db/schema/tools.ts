import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core";
import type { JsonObject } from "#/lib/contract/json.ts";
import { jsonBody, time } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

/** An MCP server that a workspace uses; its headers are sealed with the workspace and the server's id as their context. */
export const mcpServers = pgTable(
  "mcp_servers",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    url: text("url").notNull(),
    /** A JSON object of name → value, sealed; null when there are none. */
    sealedHeaders: text("sealed_headers"),
    headerNames: text("header_names").array().notNull().default([]),
    trusted: boolean("trusted").notNull().default(false),
    /** The protocol version that it spoke when its tools were last read. */
    protocolVersion: text("protocol_version"),
    refreshedAt: time("refreshed_at").notNull().defaultNow(),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    unique("mcp_servers_workspace_id_name").on(t.workspaceId, t.name),
    unique("mcp_servers_workspace_id_id").on(t.workspaceId, t.id),
  ],
);

/** A workspace's tools: HTTP tools shared by all its workflows, and what its MCP servers offer. */
export const tools = pgTable(
  "tools",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    kind: text("kind").$type<"http" | "mcp">().notNull(),
    name: text("name").notNull(),
    mcpServerId: text("mcp_server_id"),
    definition: jsonBody<JsonObject>("definition").notNull(),
    definitionHash: text("definition_hash").notNull(),
    /** Hash of the definition seen when the server was trusted; another one now = not trusted. */
    trustedHash: text("trusted_hash"),
    /** An admin's mark: true = read-only, false = mutating, null = none. */
    readOnly: boolean("read_only"),
    createdAt: time("created_at").notNull().defaultNow(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex("tools_http_name")
      .on(t.workspaceId, t.name)
      .where(sql`${t.mcpServerId} is null`),
    uniqueIndex("tools_mcp_name")
      .on(t.mcpServerId, t.name)
      .where(sql`${t.mcpServerId} is not null`),
    index("tools_workspace").on(t.workspaceId),
    foreignKey({
      name: "tools_mcp_server",
      columns: [t.workspaceId, t.mcpServerId],
      foreignColumns: [mcpServers.workspaceId, mcpServers.id],
    }).onDelete("cascade"),
    check("tools_kind", sql`(${t.kind} = 'mcp') = (${t.mcpServerId} is not null) and ${t.kind} in ('http', 'mcp')`),
    check("tools_read_only", sql`${t.kind} = 'mcp' or ${t.readOnly} is not true`),
  ],
);
