import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { Usage } from "#/lib/contract/run.ts";

/** The wire formats that the gateway speaks. */
type Wire = "anthropic" | "openai-responses" | "openai-chat";

/**
 * What a provider wants back unchanged, with the part it came with (signed thinking, encrypted reasoning). Opaque to
 * all but the adapter of its wire format; other adapters leave it out.
 */
export type ProviderData = { wire: Wire; item: JsonObject };

export type TextPart = { type: "text"; text: string; signature?: ProviderData };
export type ThinkingPart = { type: "thinking"; text: string; signature?: ProviderData };
export type ToolCallPart = { type: "tool_call"; id: string; name: string; arguments: Json; signature?: ProviderData };
export type ToolResultPart = { type: "tool_result"; callId: string; name: string; output: Json; isError: boolean };
export type ChatPart = TextPart | ThinkingPart | ToolCallPart | ToolResultPart;

export type ChatMessage = { role: "user" | "assistant" | "tool"; parts: ChatPart[] };

type ToolDefinition = { name: string; description: string; inputSchema: JsonObject };

/** One model call, the same for every provider. A plain JSON value: it is also what the trace shows as input. */
export type ModelRequest = {
  modelId: string;
  ref: string;
  system: string | null;
  messages: ChatMessage[];
  tools: ToolDefinition[];
  /** JSON Schema of the answer; null = free text. */
  outputSchema: JsonObject | null;
  toolChoice: "auto" | "required" | "none";
  /** null = the gateway's default for the model. */
  maxOutputTokens: number | null;
  effort?: string | null;
  /** Strings that the provider stores with the call; `userId` names the end user to it. */
  metadata?: Record<string, string>;
};

export type StopReason = "end" | "tool_calls" | "max_tokens" | "refusal" | "content_filter";

export type ModelResponse = {
  /** The answer in order; an assistant message of exactly these parts continues the conversation. */
  parts: ChatPart[];
  /** The text parts joined. With an output schema and stop reason `end`: JSON text. */
  text: string;
  /** The parsed answer when there was an output schema; not validated against it. null otherwise. */
  structured: Json;
  stopReason: StopReason;
  /** The token limit cut off a tool call, which is left out of the parts. */
  cutToolCall: boolean;
  /** Input is the total, cache included (OpenTelemetry GenAI); what the provider did not report is null. */
  usage: Usage;
  /** Cache-write tokens by time to live (`5m`, `1h`, `30m`, …), where the provider reports them, for the price. */
  cacheWriteTokensByTtl: Record<string, number> | null;
  responseModel: string | null;
  providerRequestId: string | null;
  /** From sending the request to its first token of any kind. */
  timeToFirstTokenMs: number | null;
};

/** What an adapter gathers from a complete stream; the attempt knows the rest of the response. */
export type AdapterAnswer = Pick<ModelResponse, "parts" | "stopReason" | "usage" | "cacheWriteTokensByTtl">;

/** How to reach a provider. `baseUrl` has the form its SDK wants: without `/v1` for Anthropic, with it for OpenAI. */
export type ProviderAccess = {
  kind: "anthropic" | "openai" | "openai-compatible";
  provider: string;
  /** Empty = the server needs none. */
  apiKey: string;
  baseUrl: string;
};

export type CallOptions = {
  /** Aborting it closes the provider's socket at once. */
  signal: AbortSignal;
  /** Awaited before each piece (at most `turnBytes` of core/loop-turns.ts) of a streamed answer is read. */
  paced?: (bytes: number) => Promise<void>;
  /** Text as it arrives. */
  onDelta?: (text: string) => void;
  /** For the whole attempt. */
  timeoutMs: number;
  /** Longest silence once the provider has begun to answer. */
  idleTimeoutMs: number;
  /** The guarded fetch for custom addresses, the platform's for official ones. */
  fetch: typeof fetch;
};
