import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, BadAsk, isObject, type OfferedTool, type Turn } from "./ask.ts";
import { tokensOf } from "./token-usage.ts";
import { frame, type Parsed, piecesOfText, type Reply, textOf, type Wire } from "./wire.ts";

/** Anthropic Messages, API version 2026-10-21. */
export const anthropicWire: Wire = {
  name: "anthropic",
  requestIdHeader: "request-id",
  parse,
  whole: (reply) => ({
    ...message(reply),
    content: blocks(reply),
    stop_reason: stopReason(reply),
    usage: usage(reply),
  }),
  frames,
  problem: (status, text) => ({ type: "error", error: { type: errorType(status), message: text }, request_id: null }),
  errorFrame: (text) => frame("error", { type: "error", error: { type: "overloaded_error", message: text } }),
};

function parse(body: unknown, headers: Record<string, string | undefined>): Parsed {
  if (!isObject(body)) throw new BadAsk("the body must be a JSON object");
  if (typeof body.model !== "string" || body.model === "") throw new BadAsk("model: Field required");
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw new BadAsk("messages: at least one message is required");
  if (typeof body.max_tokens !== "number" || body.max_tokens < 1) throw new BadAsk("max_tokens: Field required");
  const removed = ["temperature", "top_p", "top_k"].find((name) => name in body);
  if (removed && (headers["anthropic-version"] ?? "") >= "2026-10-21")
    throw new BadAsk(`${removed}: Extra inputs are not permitted`);
  const config = isObject(body.output_config) ? body.output_config : {};
  const format = isObject(config.format) ? config.format : {};
  const choice = isObject(body.tool_choice) ? body.tool_choice : {};
  const thinking = isObject(body.thinking) ? body.thinking.type : "disabled";
  const ask: Ask = {
    model: body.model,
    instructions: textOf(body.system),
    turns: body.messages.map(readTurn),
    tools: Array.isArray(body.tools)
      ? body.tools
          .filter(isObject)
          .filter((tool) => isObject(tool.input_schema))
          .map(readTool)
      : [],
    toolChoice:
      choice.type === "tool"
        ? { mode: "tool", name: String(choice.name) }
        : { mode: choice.type === "any" || choice.type === "none" ? choice.type : "auto" },
    schema: isObject(format.schema) ? format.schema : null,
    maxTokens: body.max_tokens,
    thinking: thinking !== undefined && thinking !== "disabled",
  };
  return { ask, isStream: body.stream === true, reportsUsage: true };
}

function readTool(tool: JsonObject): OfferedTool {
  return {
    name: String(tool.name),
    description: String(tool.description ?? ""),
    schema: tool.input_schema as JsonObject,
  };
}

function readTurn(value: Json, at: number): Turn {
  if (!isObject(value) || (value.role !== "user" && value.role !== "assistant"))
    throw new BadAsk(`messages.${at}.role: Input should be 'user' or 'assistant'`);
  const parts = Array.isArray(value.content) ? value.content.filter(isObject) : [];
  const texts = parts.filter((part) => part.type === "text");
  return {
    role: value.role,
    text: typeof value.content === "string" ? value.content : textOf(texts),
    toolCalls: parts
      .filter((part) => part.type === "tool_use")
      .map((part) => ({ id: String(part.id), name: String(part.name), args: part.input ?? {} })),
    toolResults: parts
      .filter((part) => part.type === "tool_result")
      .map((part) => ({
        callId: String(part.tool_use_id),
        text: textOf(part.content),
        isError: part.is_error === true,
      })),
  };
}

function message({ ask, answer }: Reply) {
  return {
    id: `msg_${answer.id}`,
    type: "message",
    role: "assistant",
    model: ask.model,
    content: [] as object[],
    container: null,
    diagnostics: null,
    stop_reason: null as string | null,
    stop_sequence: null,
    stop_details: null,
  };
}

function blocks({ answer }: Reply): object[] {
  const thinking =
    answer.thinking === null ? [] : [{ type: "thinking", thinking: answer.thinking, signature: `sig_${answer.id}` }];
  const text = answer.text === "" ? [] : [{ type: "text", text: answer.text, citations: null }];
  const calls = answer.toolCalls.map((call) => ({
    type: "tool_use",
    id: `toolu_${call.id}`,
    name: call.name,
    input: call.args,
    caller: { type: "direct" },
  }));
  return [...thinking, ...text, ...calls];
}

function stopReason({ answer }: Reply): string {
  if (answer.toolCalls.length > 0) return "tool_use";
  return answer.truncated ? "max_tokens" : "end_turn";
}

function usage({ answer, usage: count }: Reply) {
  return {
    input_tokens: count.input - count.cacheRead - count.cacheWrite,
    cache_creation_input_tokens: count.cacheWrite,
    cache_read_input_tokens: count.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: count.cacheWrite, ephemeral_1h_input_tokens: 0 },
    output_tokens: count.output,
    output_tokens_details: { thinking_tokens: answer.thinking === null ? 0 : tokensOf(answer.thinking) },
    server_tool_use: null,
    service_tier: "standard",
    speed: "standard",
    inference_geo: null,
  };
}

function frames(reply: Reply): string[] {
  const whole = usage(reply);
  const start = {
    type: "message_start",
    message: { ...message(reply), usage: { ...whole, output_tokens: 1, output_tokens_details: null } },
  };
  const { cache_creation: _, service_tier: _tier, speed: _speed, inference_geo: _geo, ...delta } = whole;
  const stop = { stop_reason: stopReason(reply), stop_sequence: null, stop_details: null, container: null };
  return [
    frame("message_start", start),
    frame("ping", { type: "ping" }),
    ...blocks(reply).flatMap((block, index) => blockFrames(block as JsonObject, index)),
    frame("message_delta", { type: "message_delta", delta: stop, usage: delta }),
    frame("message_stop", { type: "message_stop" }),
  ];
}

function blockFrames(block: JsonObject, index: number): string[] {
  const delta = (value: object) => frame("content_block_delta", { type: "content_block_delta", index, delta: value });
  const open = (value: object) =>
    frame("content_block_start", { type: "content_block_start", index, content_block: value });
  const close = frame("content_block_stop", { type: "content_block_stop", index });
  if (block.type === "thinking") {
    const thoughts = piecesOfText(String(block.thinking)).map((thinking) =>
      delta({ type: "thinking_delta", thinking }),
    );
    return [
      open({ type: "thinking", thinking: "", signature: "" }),
      ...thoughts,
      delta({ type: "signature_delta", signature: block.signature }),
      close,
    ];
  }
  if (block.type === "text")
    return [
      open({ ...block, text: "" }),
      ...piecesOfText(String(block.text)).map((text) => delta({ type: "text_delta", text })),
      close,
    ];
  const json = piecesOfText(JSON.stringify(block.input), 24).map((part) =>
    delta({ type: "input_json_delta", partial_json: part }),
  );
  return [open({ ...block, input: {} }), ...json, close];
}

const errorTypes: Record<number, string> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

function errorType(status: number): string {
  return errorTypes[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
}
