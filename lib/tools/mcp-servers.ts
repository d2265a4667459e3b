import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { CreateMcpServerRequest, McpServerView, UpdateMcpServerRequest } from "#/lib/contract/tool.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { RestingTurns } from "#/lib/core/resting-turns.ts";
import { redactMessage } from "#/lib/core/redact-text.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize, isPermitted } from "#/lib/tenancy/permissions.ts";
import { askedAtOnce, limitAsking } from "./asking-limit.ts";
import { toldChange } from "./listing-change.ts";
import { type McpEndpoint, secretsOfHeaders, withMcpServer } from "./mcp-client.ts";
import { type McpDefinition, unusableListing } from "./mcp-definition.ts";
import {
  bindTrust,
  clearReadOnlyMarks,
  deleteServer,
  insertServer,
  lockServer,
  type McpServerRow,
  openHeaders,
  replaceServerTools,
  sealHeaders,
  selectServer,
  selectServers,
  selectTools,
  updateServer,
} from "./store.ts";
import { toolRoomFault } from "./tool-room.ts";
import { serverView } from "./tool-view.ts";
import { toolFetch } from "./way-out.ts";

const listTimeoutMs = 20_000;

/** As many as may be asked at once: none waits for another, but what servers list may be long, and a rest comes after it. */
const askTurns = new RestingTurns(askedAtOnce);

/**
 * The workspace's MCP servers by name, each with its tools as they were last read. Those who may not change servers do
 * not see the query of an address, where people put keys.
 */
export async function listMcpServers(ctx: Ctx): Promise<McpServerView[]> {
  authorize(ctx, "tool:read");
  const [servers, tools] = [await selectServers(ctx.db, ctx.workspace.id), await selectTools(ctx.db, ctx.workspace.id)];
  const isWriter = isPermitted(ctx.actor, "tool:write");
  return servers
    .map((server) => serverView(server, tools))
    .map((view) => (isWriter ? view : { ...view, url: withoutQuery(view.url) }));
}

/** People put keys into the query of an address. */
function withoutQuery(url: string): string {
  return url.split("?")[0] ?? url;
}

/** Reads the tools of a server that is about to be added, through the guarded fetch. Throws what the fetch refuses. */
export async function askNewServer(ctx: Ctx, { name, url, headers = {} }: CreateMcpServerRequest): Promise<Listing> {
  authorize(ctx, "tool:write");
  return readServer(ctx, { name, url, headers });
}

/**
 * Adds a server with the tools that it lists; stores nothing when the server cannot be read. It is not trusted yet.
 * `asked` is what askNewServer returned, if it was already called. Throws `conflict` for a name that is taken.
 */
export async function createMcpServer(
  ctx: Ctx,
  request: CreateMcpServerRequest,
  asked?: Listing,
): Promise<McpServerView> {
  authorize(ctx, "tool:write");
  const { name, url, headers = {} } = request;
  const listed = asked ?? (await askNewServer(ctx, request));
  const row = { id: newId("mcpServer"), workspaceId: ctx.workspace.id };
  return inTransaction(ctx.db, async (tx) => {
    const made = await insertServer(tx, {
      ...row,
      ...{ name, url },
      ...headerColumns(row, headers),
      protocolVersion: listed.protocolVersion,
    });
    if (!made) throw new DomainError("conflict", `An MCP server named ${name} already exists.`);
    await replaceServerTools(tx, row, listed.tools);
    await assertRoom(tx, ctx.workspace.id);
    const details = { name, url: withoutQuery(url), headers: Object.keys(headers), tools: listed.tools.length };
    await recordAudit(ctx, tx, { action: "mcp_server.created", target: row.id, details });
    return viewOf(ctx, tx, row.id);
  });
}

/** Reads a known server's tools; `url` is the address that was asked. Throws not_found, and what the fetch refuses. */
export async function askServer(ctx: Ctx, id: string): Promise<{ url: string; listed: Listing }> {
  authorize(ctx, "tool:write");
  const server = await serverOf(ctx, id);
  const { name, url } = server;
  return { url, listed: await readServer(ctx, { name, url, headers: openHeaders(server) }) };
}

/**
 * Stores a server's tools as they are now. A tool whose definition changed is mutating until the server is trusted
 * again. `asked` is what askServer returned, if it was already called. Throws `conflict` when the address has changed
 * since.
 */
export async function refreshMcpServer(
  ctx: Ctx,
  id: string,
  asked?: { url: string; listed: Listing },
): Promise<McpServerView> {
  authorize(ctx, "tool:write");
  const { url, listed } = asked ?? (await askServer(ctx, id));
  return inTransaction(ctx.db, async (tx) => {
    const now = await lockServer(tx, ctx.workspace.id, id);
    if (!now) throw notFound("MCP server");
    if (now.url !== url)
      throw new DomainError("conflict", "The server's address has changed in the meantime. Try again.");
    await storeListing(ctx, tx, now, listed);
    return viewOf(ctx, tx, id);
  });
}

/** Stores a listing that the engine read in passing, as a refresh does. Does nothing when the server is gone. */
export async function recordListing(ctx: Ctx, id: string, listed: Listing): Promise<void> {
  authorize(ctx, "tool:write");
  await inTransaction(ctx.db, async (tx) => {
    const server = await lockServer(tx, ctx.workspace.id, id);
    if (server) await storeListing(ctx, tx, server, listed);
  });
}

/**
 * Trusts a server or stops trusting it, or gives it another address or other headers. Trust is bound to the definitions
 * as they are stored now; another address ends it, and removes the read-only marks of its tools. Throws
 * validation_failed naming `headers` when the address changes and the server had headers (they were entered for another
 * destination), and `conflict` when the definitions that the request names are not the stored ones: nobody trusts what
 * they have not seen.
 */
export async function updateMcpServer(ctx: Ctx, id: string, request: UpdateMcpServerRequest): Promise<McpServerView> {
  authorize(ctx, "tool:write");
  const server = await serverOf(ctx, id);
  const url = request.url ?? server.url;
  const moved = url !== server.url;
  if (moved && server.sealedHeaders !== null && request.headers === undefined)
    throw invalidField("body.headers", "required again: they were entered for another address");
  const headers = request.headers ?? openHeaders(server);
  const listed = moved || request.headers ? await readServer(ctx, { name: server.name, url, headers }) : null;
  return inTransaction(ctx.db, async (tx) => {
    const now = await lockServer(tx, ctx.workspace.id, id);
    if (!now) throw notFound("MCP server");
    if (now.url !== server.url)
      throw new DomainError("conflict", "The server's address has changed in the meantime. Try again.");
    if (listed) await moveServer(ctx, tx, now, { url, headers, listed });
    const trusted = request.trusted ?? (moved ? false : now.trusted);
    const view = await viewOf(ctx, tx, id);
    if (request.definitions && !isAsSeen(view, request.definitions))
      throw new DomainError("conflict", "The server's tools have changed since they were shown. Review them again.");
    if (request.trusted === undefined && !moved) return view;
    await setTrust(ctx, tx, now, trusted);
    return viewOf(ctx, tx, id);
  });
}

/** Removes a server with its tools; calls to them fail from now on. */
export async function deleteMcpServer(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "tool:write");
  await inTransaction(ctx.db, async (tx) => {
    const gone = await deleteServer(tx, ctx.workspace.id, id);
    if (!gone) throw notFound("MCP server");
    await recordAudit(ctx, tx, {
      action: "mcp_server.deleted",
      target: id,
      details: { name: gone.name, url: withoutQuery(gone.url) },
    });
  });
}

type Listing = { tools: McpDefinition[]; protocolVersion: string | null };

function readServer(ctx: Ctx, endpoint: McpEndpoint): Promise<Listing> {
  const secrets = secretsOfHeaders(endpoint.headers);
  const way = {
    fetch: toolFetch(),
    signal: new AbortController().signal,
    owner: ctx.workspace.id,
    timeoutMs: listTimeoutMs,
    redact: (text: string) => redactMessage(text, secrets),
  };
  return limitAsking(ctx.workspace.id, () =>
    askTurns.take(ctx.workspace.id, () =>
      withMcpServer(endpoint, way, `Reading the tools of ${endpoint.name}`, async (conversation) => ({
        tools: await conversation.listTools(),
        protocolVersion: conversation.protocolVersion,
      })),
    ),
  );
}

async function storeListing(ctx: Ctx, tx: Transaction, server: McpServerRow, listed: Listing): Promise<void> {
  const change = await replaceServerTools(tx, server, listed.tools);
  const { added, changed, removed } = change;
  if (added.length + changed.length > 0) await assertRoom(tx, ctx.workspace.id);
  await updateServer(tx, server, { protocolVersion: listed.protocolVersion, refreshedAt: ctx.clock.now() });
  if (added.length + changed.length + removed.length === 0) return;
  const details = { name: server.name, ...toldChange(change) };
  await recordAudit(ctx, tx, { action: "mcp_server.tools_changed", target: server.id, details });
}

async function assertRoom(tx: Transaction, workspaceId: string): Promise<void> {
  const fault = await toolRoomFault(tx, workspaceId);
  if (fault !== null) throw unusableListing(fault);
}

async function moveServer(
  ctx: Ctx,
  tx: Transaction,
  server: McpServerRow,
  to: { url: string; headers: Record<string, string>; listed: Listing },
): Promise<void> {
  await updateServer(tx, server, { url: to.url, ...headerColumns(server, to.headers) });
  const [before, after] = [withoutQuery(server.url), withoutQuery(to.url)];
  const details = { name: server.name, before, after, headers: Object.keys(to.headers) };
  await recordAudit(ctx, tx, { action: "mcp_server.changed", target: server.id, details });
  await storeListing(ctx, tx, server, to.listed);
  if (to.url !== server.url) await endMarks(ctx, tx, server);
}

/** A tool got its mark at the old address; whoever answers at the new one is judged afresh. */
async function endMarks(ctx: Ctx, tx: Transaction, server: McpServerRow): Promise<void> {
  for (const { id, name, definitionHash } of await clearReadOnlyMarks(tx, server)) {
    const details = { tool: name, server: server.name, before: true, after: null, definitionHash };
    await recordAudit(ctx, tx, { action: "tool.override_changed", target: id, details });
  }
}

function isAsSeen({ tools }: McpServerView, seen: Record<string, string>): boolean {
  const hashes = new Map(Object.entries(seen));
  return hashes.size === tools.length && tools.every((tool) => hashes.get(tool.name) === tool.definitionHash);
}

async function setTrust(ctx: Ctx, tx: Transaction, server: McpServerRow, trusted: boolean): Promise<void> {
  await bindTrust(tx, server, trusted);
  await updateServer(tx, server, { trusted });
  if (!trusted && !server.trusted) return;
  await recordAudit(ctx, tx, {
    action: trusted ? "mcp_server.trusted" : "mcp_server.untrusted",
    target: server.id,
    details: { name: server.name, url: withoutQuery(server.url) },
  });
}

function headerColumns(row: Pick<McpServerRow, "id" | "workspaceId">, headers: Record<string, string>) {
  return { sealedHeaders: sealHeaders(row.workspaceId, row.id, headers), headerNames: Object.keys(headers).sort() };
}

async function serverOf(ctx: Ctx, id: string): Promise<McpServerRow> {
  const server = await selectServer(ctx.db, ctx.workspace.id, id);
  if (!server) throw notFound("MCP server");
  return server;
}

async function viewOf(ctx: Ctx, tx: Transaction, id: string): Promise<McpServerView> {
  const server = await selectServer(tx, ctx.workspace.id, id);
  if (!server) throw notFound("MCP server");
  return serverView(server, await selectTools(tx, ctx.workspace.id));
}
