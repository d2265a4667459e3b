import { redactMessage } from "#/lib/core/redact-text.ts";
import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { mcpOutput } from "#/lib/tools/mcp-answer.ts";
import { type McpConversation, type McpWay, secretsOfHeaders, withMcpServer } from "#/lib/tools/mcp-client.ts";
import { recordListing } from "#/lib/tools/mcp-servers.ts";
import { schemaOf } from "#/lib/tools/mcp-definition.ts";
import { judgeMutability, type ToolFacts } from "#/lib/tools/mutability.ts";
import { openHeaders, selectServer, selectToolsOf } from "#/lib/tools/store.ts";
import { ToolCallError } from "#/lib/tools/tool-call-error.ts";
import { factsOfTool, toolOf, type WorkspaceTool } from "#/lib/tools/tool-source.ts";
import { argumentsOf } from "./call-arguments.ts";
import type { ConcreteCall, ToolCall } from "./concrete-call.ts";
import { engineCtx } from "./engine-audit.ts";
import type { Session } from "./session.ts";
import { StepFailure } from "./step-failure.ts";

const recheckTimeoutMs = 10_000;

/** A call of an MCP tool as the workspace knows it now. The server is asked nothing before the gate. */
export function mcpConcrete(session: Session, call: ToolCall, tool: WorkspaceTool): ConcreteCall {
  const args = argumentsOf(call);
  const server = tool.server?.name ?? "";
  const label = `MCP ${server}/${tool.name}`;
  const facts = factsOfTool(tool, call.mutating === true);
  return {
    name: `${server}/${tool.name}`,
    request: { mcp: { server, tool: tool.name, url: withoutQuery(tool.server?.url ?? "") } },
    identity: { mcp: [server, tool.name] },
    facts,
    outputSchema: schemaOf(tool.definition, "outputSchema"),
    timeoutMs: undefined,
    factsNow: () => factsNow(session, call),
    recheck: () => recheck(session, call, tool, label),
    send: ({ check, leave, timeoutMs, idempotencyKey }) =>
      converse(session, tool, label, { timeoutMs, beforeSend: check, beforeCall: leave }, async (conversation) => {
        const result = await conversation.callTool(tool.definition, args, idempotencyKey);
        const output = mcpOutput(label, result, (text) => redactMessage(text, session.writer.secretValues));
        return {
          output,
          attributes: { "mcp.protocol.version": conversation.protocolVersion, "mcp.tool.name": tool.name },
        };
      }),
  };
}

async function knownTool(session: Session, { source }: ToolCall): Promise<WorkspaceTool | null> {
  return toolOf(source, await selectToolsOf(database(), session.workspace.id, [source]));
}

async function factsNow(session: Session, call: ToolCall): Promise<ToolFacts> {
  const known = await knownTool(session, call);
  return known ? factsOfTool(known, call.mutating === true) : { kind: "missing" };
}

/**
 * Reads the server's definitions now, unless they cannot change the judgement: the call counts as mutating already, or
 * an admin's mark, which rests on no definition, makes it read-only. A definition that changed is stored, so that
 * everyone sees it, and is no longer covered by the trust. A server that cannot be asked proves nothing, so the call
 * counts as mutating.
 */
async function recheck(session: Session, call: ToolCall, tool: WorkspaceTool, label: string): Promise<ToolFacts> {
  const before = await factsNow(session, call);
  if (before.kind !== "mcp" || before.adminReadOnly || judgeMutability(before).mutating) return before;
  try {
    const listed = await converse(
      session,
      tool,
      `Checking ${label}`,
      { timeoutMs: recheckTimeoutMs },
      async (conversation) => ({
        tools: await conversation.listTools(),
        protocolVersion: conversation.protocolVersion,
      }),
    );
    const now = listed.tools.find(({ name }) => name === tool.name);
    if (now?.hash !== tool.definitionHash)
      await recordListing(engineCtx(session.workspace, session.run.id), tool.server?.id ?? "", listed);
    // What the workspace says about the tool may have changed while the server took its time.
    const known = await knownTool(session, call);
    return now && known
      ? factsOfTool({ ...known, definition: now.definition, definitionHash: now.hash }, call.mutating === true)
      : { kind: "missing" };
  } catch (error) {
    if (!(error instanceof ToolCallError) || session.stop.signal.aborted) throw error;
    return { kind: "unchecked" };
  }
}

async function converse<T>(
  session: Session,
  tool: WorkspaceTool,
  label: string,
  way: Pick<McpWay, "timeoutMs" | "beforeSend" | "beforeCall">,
  work: (conversation: McpConversation) => Promise<T>,
): Promise<T> {
  const row = tool.server && (await selectServer(database(), session.workspace.id, tool.server.id));
  if (!row || row.url !== tool.server?.url)
    throw new StepFailure("tool_failed", `The MCP server of ${tool.name} was removed or changed before the call.`);
  const headers = openHeaders(row);
  session.writer.keepSecret(...secretsOfHeaders(headers));
  const redact = (text: string) => redactMessage(text, session.writer.secretValues);
  const ours = { owner: session.workspace.id, fetch: session.fetch, signal: session.stop.signal, redact };
  return withMcpServer({ name: row.name, url: row.url, headers }, { ...way, ...ours }, label, work);
}

function withoutQuery(url: string): Json {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.origin}${parsed.pathname}` : url;
}
