import { and, asc, eq, inArray, isNull, notInArray, sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "#/db/client.ts";
import { mcpServers, tools } from "#/db/schema/tools.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { env } from "#/lib/core/env.ts";
import { newId } from "#/lib/core/ids.ts";
import { openSecret, type SealedStore, sealSecret } from "#/lib/core/secret-box.ts";
import type { ListingChange } from "./listing-change.ts";
import type { McpDefinition } from "./mcp-definition.ts";
import type { ToolSource, WorkspaceTool } from "./tool-source.ts";

export type McpServerRow = typeof mcpServers.$inferSelect;

const toolColumns = {
  id: tools.id,
  name: tools.name,
  kind: tools.kind,
  definition: tools.definition,
  definitionHash: tools.definitionHash,
  trustedHash: tools.trustedHash,
  readOnly: tools.readOnly,
  serverId: mcpServers.id,
  serverName: mcpServers.name,
  serverUrl: mcpServers.url,
  serverTrusted: mcpServers.trusted,
};

function toolQuery(db: DbHandle) {
  return db.select(toolColumns).from(tools).leftJoin(mcpServers, eq(mcpServers.id, tools.mcpServerId)).$dynamic();
}

type ToolRow = Awaited<ReturnType<typeof toolQuery>>[number];

function workspaceTool({ serverId, serverName, serverUrl, serverTrusted, ...tool }: ToolRow): WorkspaceTool {
  const server =
    serverId === null
      ? null
      : { id: serverId, name: serverName ?? "", url: serverUrl ?? "", trusted: serverTrusted === true };
  return { ...tool, server };
}

/** Every tool of the workspace, HTTP tools first, by name. */
export async function selectTools(db: DbHandle, workspaceId: string): Promise<WorkspaceTool[]> {
  const rows = await toolQuery(db)
    .where(eq(tools.workspaceId, workspaceId))
    .orderBy(asc(tools.kind), asc(mcpServers.name), asc(tools.name));
  return rows.map(workspaceTool);
}

/** The workspace's current tools behind these sources; asks nothing when none of them needs one. */
export async function selectToolsOf(
  db: DbHandle,
  workspaceId: string,
  sources: readonly ToolSource[],
): Promise<WorkspaceTool[]> {
  const names = sources.flatMap((source) =>
    source.kind === "mcp" ? [source.tool] : source.kind === "use" ? [source.name] : [],
  );
  if (names.length === 0) return [];
  const rows = await toolQuery(db).where(
    and(eq(tools.workspaceId, workspaceId), inArray(tools.name, [...new Set(names)])),
  );
  return rows.map(workspaceTool);
}

export async function selectTool(db: DbHandle, workspaceId: string, id: string): Promise<WorkspaceTool | null> {
  const [row] = await toolQuery(db).where(and(eq(tools.workspaceId, workspaceId), eq(tools.id, id)));
  return row ? workspaceTool(row) : null;
}

/** How many tools the workspace has, and how many bytes their definitions are as text. */
export async function measureTools(db: DbHandle, workspaceId: string): Promise<{ count: number; bytes: number }> {
  const [row] = await db
    .select({
      count: sql<number>`count(*)::int`,
      bytes: sql<number>`coalesce(sum(octet_length(${tools.definition}::text)), 0)::float8`,
    })
    .from(tools)
    .where(eq(tools.workspaceId, workspaceId));
  return row ?? { count: 0, bytes: 0 };
}

/** Null when the workspace already has an HTTP tool of that name. */
export async function insertHttpTool(
  tx: Transaction,
  row: { workspaceId: string; name: string; definition: JsonObject; definitionHash: string },
): Promise<string | null> {
  const id = newId("tool");
  const made = await tx
    .insert(tools)
    .values({ id, kind: "http", ...row })
    .onConflictDoNothing()
    .returning({ id: tools.id });
  return made.length === 0 ? null : id;
}

export async function deleteHttpTool(tx: Transaction, workspaceId: string, id: string): Promise<boolean> {
  const gone = await tx
    .delete(tools)
    .where(and(eq(tools.workspaceId, workspaceId), eq(tools.id, id), isNull(tools.mcpServerId)))
    .returning({ id: tools.id });
  return gone.length > 0;
}

/** Locks the row, so that each of two concurrent changes sees the other's. */
export async function lockTool(tx: Transaction, workspaceId: string, id: string): Promise<void> {
  await tx.execute(sql`select 1 from tools where workspace_id = ${workspaceId} and id = ${id} for update`);
}

export async function updateReadOnly(
  tx: Transaction,
  workspaceId: string,
  id: string,
  readOnly: boolean | null,
): Promise<void> {
  await tx
    .update(tools)
    .set({ readOnly, updatedAt: sql`now()` })
    .where(and(eq(tools.workspaceId, workspaceId), eq(tools.id, id)));
}

export function selectServers(db: DbHandle, workspaceId: string): Promise<McpServerRow[]> {
  return db.select().from(mcpServers).where(eq(mcpServers.workspaceId, workspaceId)).orderBy(asc(mcpServers.name));
}

export async function selectServer(db: DbHandle, workspaceId: string, id: string): Promise<McpServerRow | null> {
  const rows = await db
    .select()
    .from(mcpServers)
    .where(and(eq(mcpServers.workspaceId, workspaceId), eq(mcpServers.id, id)));
  return rows[0] ?? null;
}

export async function lockServer(tx: Transaction, workspaceId: string, id: string): Promise<McpServerRow | null> {
  const rows = await tx
    .select()
    .from(mcpServers)
    .where(and(eq(mcpServers.workspaceId, workspaceId), eq(mcpServers.id, id)))
    .for("update");
  return rows[0] ?? null;
}

/** False when the workspace already has a server of that name. */
export async function insertServer(
  tx: Transaction,
  row: Pick<McpServerRow, "id" | "workspaceId" | "name" | "url" | "sealedHeaders" | "headerNames" | "protocolVersion">,
): Promise<boolean> {
  const made = await tx.insert(mcpServers).values(row).onConflictDoNothing().returning({ id: mcpServers.id });
  return made.length > 0;
}

export async function updateServer(
  tx: Transaction,
  row: Pick<McpServerRow, "id" | "workspaceId">,
  set: Partial<Omit<McpServerRow, "id" | "workspaceId" | "createdAt">>,
): Promise<void> {
  await tx
    .update(mcpServers)
    .set(set)
    .where(and(eq(mcpServers.workspaceId, row.workspaceId), eq(mcpServers.id, row.id)));
}

export async function deleteServer(tx: Transaction, workspaceId: string, id: string): Promise<McpServerRow | null> {
  const rows = await tx
    .delete(mcpServers)
    .where(and(eq(mcpServers.workspaceId, workspaceId), eq(mcpServers.id, id)))
    .returning();
  return rows[0] ?? null;
}

/**
 * Replaces a server's stored tools with those that it lists now. An admin's mark and the trusted hash stay with a tool
 * of the same name; a tool that is gone loses both. Returns the names of those whose definition changed.
 */
export async function replaceServerTools(
  tx: Transaction,
  server: Pick<McpServerRow, "id" | "workspaceId">,
  listed: readonly McpDefinition[],
): Promise<ListingChange> {
  const { id, workspaceId } = server;
  const before = await tx
    .select({ name: tools.name, hash: tools.definitionHash })
    .from(tools)
    .where(and(eq(tools.workspaceId, workspaceId), eq(tools.mcpServerId, id)));
  const names = listed.map(({ name }) => name);
  const ofServer = and(eq(tools.workspaceId, workspaceId), eq(tools.mcpServerId, id));
  await tx.delete(tools).where(names.length === 0 ? ofServer : and(ofServer, notInArray(tools.name, names)));
  for (const { name, definition, hash } of listed)
    await tx
      .insert(tools)
      .values({ id: newId("tool"), workspaceId, kind: "mcp", name, mcpServerId: id, definition, definitionHash: hash })
      .onConflictDoUpdate({
        target: [tools.mcpServerId, tools.name],
        targetWhere: sql`mcp_server_id is not null`,
        set: { definition, definitionHash: hash, updatedAt: sql`now()` },
        setWhere: sql`${tools.definitionHash} <> ${hash}`,
      });
  const old = new Map(before.map((tool) => [tool.name, tool.hash]));
  return {
    added: names.filter((name) => !old.has(name)),
    changed: listed.filter(({ name, hash }) => old.has(name) && old.get(name) !== hash).map(({ name }) => name),
    removed: before.map(({ name }) => name).filter((name) => !names.includes(name)),
  };
}

/** Binds trust to the definitions as they are now, or withdraws it. */
export async function bindTrust(
  tx: Transaction,
  server: Pick<McpServerRow, "id" | "workspaceId">,
  trusted: boolean,
): Promise<void> {
  await tx
    .update(tools)
    .set({ trustedHash: trusted ? sql`${tools.definitionHash}` : null, updatedAt: sql`now()` })
    .where(and(eq(tools.workspaceId, server.workspaceId), eq(tools.mcpServerId, server.id)));
}

/** Removes the read-only marks of a server's tools; returns the tools that had one. Marks as mutating stay. */
export function clearReadOnlyMarks(
  tx: Transaction,
  server: Pick<McpServerRow, "id" | "workspaceId">,
): Promise<{ id: string; name: string; definitionHash: string }[]> {
  return tx
    .update(tools)
    .set({ readOnly: null, updatedAt: sql`now()` })
    .where(and(eq(tools.workspaceId, server.workspaceId), eq(tools.mcpServerId, server.id), eq(tools.readOnly, true)))
    .returning({ id: tools.id, name: tools.name, definitionHash: tools.definitionHash });
}

/** Binds a server's sealed headers to their owner: they open for no other workspace and no other server. */
function headersContext(workspaceId: string, serverId: string): string {
  return `${workspaceId}/mcp/${serverId}`;
}

export function sealHeaders(workspaceId: string, serverId: string, headers: Record<string, string>): string | null {
  if (Object.keys(headers).length === 0) return null;
  return sealSecret(env("REPRISE_MASTER_KEYS"), headersContext(workspaceId, serverId), JSON.stringify(headers));
}

export function openHeaders(row: Pick<McpServerRow, "id" | "workspaceId" | "sealedHeaders">): Record<string, string> {
  if (row.sealedHeaders === null) return {};
  const text = openSecret(env("REPRISE_MASTER_KEYS"), headersContext(row.workspaceId, row.id), row.sealedHeaders);
  return JSON.parse(text) as Record<string, string>;
}

const placeOfHeaders = sql<string>`${mcpServers.workspaceId} || '/mcp/' || ${mcpServers.id}`;

/** For master key rotation: every server's sealed headers. */
export function sealedHeadersStore(db: DbHandle): SealedStore {
  return {
    name: "MCP headers",
    notUnder: async (keyId, after, limit) => {
      const rows = await db
        .select({ context: placeOfHeaders, sealed: mcpServers.sealedHeaders })
        .from(mcpServers)
        .where(
          and(
            sql`${mcpServers.sealedHeaders} is not null and not starts_with(${mcpServers.sealedHeaders}, ${`${keyId}:`})`,
            sql`${placeOfHeaders} > ${after}`,
          ),
        )
        .orderBy(placeOfHeaders)
        .limit(limit);
      return rows.map(({ context, sealed }) => ({ context, sealed: sealed ?? "" }));
    },
    replace: async ({ context, sealed }, fresh) => {
      await db
        .update(mcpServers)
        .set({ sealedHeaders: fresh })
        .where(and(sql`${placeOfHeaders} = ${context}`, eq(mcpServers.sealedHeaders, sealed)));
    },
  };
}
