import type { Json, JsonObject } from "#/lib/contract/json.ts";

export type OfferedTool = { name: string; description: string; schema: JsonObject };
type ToolCall = { id: string; name: string; args: Json };
type ToolResult = { callId: string; text: string; isError: boolean };
export type Turn = { role: "user" | "assistant"; text: string; toolCalls: ToolCall[]; toolResults: ToolResult[] };

/** What a request asks, whichever wire format carried it. Answers are computed from this alone. */
export type Ask = {
  model: string;
  /** System prompt, developer message or `instructions`; empty if none. */
  instructions: string;
  turns: Turn[];
  tools: OfferedTool[];
  toolChoice: { mode: "auto" | "none" | "any" } | { mode: "tool"; name: string };
  /** JSON schema that the final text must satisfy, null for free text. */
  schema: JsonObject | null;
  maxTokens: number | null;
  thinking: boolean;
};

/** What the offline model says: text, tool calls or both; `id` is 24 hex digits derived from the request. */
export type Answer = { id: string; thinking: string | null; text: string; toolCalls: ToolCall[]; truncated: boolean };

/** Raised by a wire parser for a request that the real service would refuse with 400. */
export class BadAsk extends Error {}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON in the text, or the text itself when it is not JSON. */
export function parsedOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const marker = /\[\[fault:[^\]]*\]\]/g;

/** The text without fault markers, so that no answer repeats one. */
export function withoutMarkers(text: string): string {
  return text.replaceAll(marker, "").trim();
}

/** Everything the asker wrote (not what tools or the model said), markers removed. */
export function userText(ask: Ask): string {
  return withoutMarkers(
    ask.turns
      .filter((turn) => turn.role === "user")
      .map((turn) => turn.text)
      .filter(Boolean)
      .join("\n"),
  );
}

export type ToolUse = { call: ToolCall; result: ToolResult | null };

/** The tool calls of the conversation so far, each with its result, in order. */
export function toolUses(ask: Ask): ToolUse[] {
  const results = new Map(ask.turns.flatMap((turn) => turn.toolResults.map((result) => [result.callId, result])));
  return ask.turns.flatMap((turn) => turn.toolCalls.map((call) => ({ call, result: results.get(call.id) ?? null })));
}
