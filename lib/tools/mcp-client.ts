import type { CallToolResult, Client, Tool } from "@modelcontextprotocol/client";
import type { JsonObject } from "#/lib/contract/json.ts";
import { maxJsonValues } from "#/lib/contract/json-size.ts";
import type { DomainError } from "#/lib/core/errors.ts";
import { abortAfter } from "#/lib/core/timer.ts";
import { GuardedFetchError } from "./fetch-error.ts";
import type { GuardedInit } from "./guarded-fetch.ts";
import { type McpDefinition, readMcpDefinitions } from "./mcp-definition.ts";
import type { McpProgress } from "./mcp-fault.ts";
import { lookedThrough } from "./mcp-messages.ts";

/** A server's address and the headers that every request sends to it; the headers are secrets. */
export type McpEndpoint = { name: string; url: string; headers: Record<string, string> };

/** What must not be shown of a server's headers: their values, and the token after a scheme such as `Bearer`. */
export function secretsOfHeaders(headers: Record<string, string>): string[] {
  return Object.values(headers).flatMap((value) => {
    const token = /^\w+ +(\S{4,})$/.exec(value)?.[1];
    return token === undefined ? [value] : [value, token];
  });
}

export type McpWay = {
  /** The guarded fetch (or another one with the same contract). */
  fetch: typeof fetch;
  /** Cancels the conversation; its sockets are closed at once. */
  signal: AbortSignal;
  /** The workspace that it is for. */
  owner: string;
  /** Limit for the whole conversation. */
  timeoutMs: number;
  /** Blanks out secret values in messages; the server may echo them. */
  redact?: (text: string) => string;
  /** See GuardedInit: before each request that leads up to a call … */
  beforeSend?: () => Promise<void>;
  /** … and before that of the call. */
  beforeCall?: () => Promise<void>;
};

/** An open conversation with one server. */
export type McpConversation = {
  protocolVersion: string | null;
  listTools(): Promise<McpDefinition[]>;
  /** Sends the call once, whatever is answered. `definition` is the tool's as it is known. */
  callTool(definition: JsonObject, args: JsonObject, idempotencyKey: string | null): Promise<CallToolResult>;
};

/**
 * Talks to an MCP server over streamable HTTP, in whichever generation it speaks (it asks for 2026-07-28 first, then
 * tries the handshake of 2025-11-25), and closes what it opened. `label` names the action in messages. Throws
 * ToolCallError.
 */
export async function withMcpServer<T>(
  endpoint: McpEndpoint,
  way: McpWay,
  label: string,
  work: (conversation: McpConversation) => Promise<T>,
): Promise<T> {
  const progress: McpProgress = { callSent: false, fetchFault: null, refusal: null };
  const refused = new AbortController();
  const deadline = abortAfter(way.timeoutMs);
  const signal = AbortSignal.any([way.signal, deadline, refused.signal]);
  let close: (() => Promise<void>) | null = null;
  try {
    signal.throwIfAborted();
    const refuse = (error: DomainError) => {
      progress.refusal = error;
      refused.abort(error);
    };
    const opened = await openClient(endpoint, way, signal, watchedFetch(endpoint, way, progress, refuse));
    close = opened.close;
    return await raced(
      signal,
      opened.connect().then(() => work(conversationOf(opened.client, signal, way, progress))),
    );
  } catch (error) {
    const { mcpFault } = await import("./mcp-fault.ts");
    const ends = { cancelled: way.signal.aborted, timedOut: deadline.aborted, timeoutMs: way.timeoutMs };
    throw mcpFault(label, error, progress, ends, way.redact ?? ((text) => text));
  } finally {
    await close?.().catch(() => {});
  }
}

/** Of a list of tools. */
const mostPages = 20;
/** In all answers of a conversation before its call: most of them are pages of a list of tools. */
const mostBytesBefore = 8 * 1024 * 1024;

/** Loaded at first use: the SDK is large, and most processes never talk to an MCP server. */
async function openClient(endpoint: McpEndpoint, way: McpWay, signal: AbortSignal, watched: typeof fetch) {
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(
    { name: "reprise", version: "0.1.0" },
    {
      versionNegotiation: { mode: "auto" },
      inputRequired: { autoFulfill: false },
      listMaxPages: mostPages,
      // The SDK would compile and apply a server's schemas on the event loop, however long the server makes that take.
      // So answers are not checked here; what a step requires is checked in threads (workflows/bounded-schema.ts).
      jsonSchemaValidator: {
        getValidator: () => (data) => ({ valid: true, data: data as never, errorMessage: undefined }),
      },
    },
  );
  const transport = new StreamableHTTPClientTransport(new URL(endpoint.url), {
    fetch: watched,
    requestInit: { headers: endpoint.headers },
    // One conversation is one call: nothing is resumed unseen, and nothing goes to another origin.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      reconnectionDelayGrowFactor: 1,
    },
    redirectPolicy: "same-origin",
    onInsufficientScope: "throw",
  });
  const connect = () => client.connect(transport, { signal, timeout: way.timeoutMs });
  const close = async () => {
    // A session of the older generation is kept by the server; after an abort nobody waits for its end.
    if (transport.sessionId && !signal.aborted)
      await Promise.race([
        transport.terminateSession(),
        new Promise((resolve) => setTimeout(resolve, 1000).unref()),
      ]).catch(() => {});
    await client.close();
  };
  return { client, connect, close };
}

function conversationOf(client: Client, signal: AbortSignal, way: McpWay, progress: McpProgress): McpConversation {
  const options = { signal, timeout: way.timeoutMs, maxTotalTimeout: way.timeoutMs };
  return {
    protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
    async listTools() {
      const { tools } = await client.listTools(undefined, { ...options, cacheMode: "bypass" });
      return readMcpDefinitions(tools, way.owner);
    },
    async callTool(definition, args, idempotencyKey) {
      progress.callSent = true;
      const meta = idempotencyKey === null ? {} : { _meta: { "reprise/idempotencyKey": idempotencyKey } };
      // Without the definition, the SDK sends a call that is refused for a header (-32020) once more by itself. With an
      // output schema it would refuse answers that have no structured content.
      const { outputSchema: _, ...toolDefinition } = definition as Tool;
      return client.callTool({ name: toolDefinition.name, arguments: args, ...meta }, { ...options, toolDefinition });
    },
  };
}

/**
 * Remembers why a request failed. Refuses answers with too many values, and answers to a call whose numbers would
 * change; a list of tools may hold such numbers, since many schemas have 64-bit bounds. Leaves out the standing stream,
 * which nobody here would read.
 */
function watchedFetch(
  endpoint: McpEndpoint,
  way: McpWay,
  progress: McpProgress,
  refuse: (error: DomainError) => void,
): typeof fetch {
  const [before, call] = [
    { left: maxJsonValues, bytesLeft: mostBytesBefore, exact: false },
    { left: maxJsonValues, bytesLeft: Number.POSITIVE_INFINITY, exact: true },
  ];
  return async (input, init) => {
    const method = (init?.method ?? "GET").toUpperCase();
    if (method === "GET") return new Response(null, { status: 405 });
    // The end of a session (DELETE) calls nothing.
    const beforeSend = method !== "POST" ? undefined : progress.callSent ? way.beforeCall : way.beforeSend;
    const guarded: GuardedInit = {
      ...init,
      secretHeaders: Object.keys(endpoint.headers),
      ...(beforeSend ? { beforeSend } : {}),
    };
    try {
      const answer = await way.fetch(input, guarded);
      return lookedThrough(answer, progress.callSent ? call : before, refuse);
    } catch (error) {
      if (error instanceof GuardedFetchError) progress.fetchFault = error;
      throw error;
    }
  };
}

/** The SDK may leave a request hanging when its stream ended without an answer; the caller's clock ends it. */
async function raced<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => {});
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
