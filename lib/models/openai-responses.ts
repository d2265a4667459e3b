import type {
  Response as OpenAiResponse,
  ResponseOutputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { Json } from "#/lib/contract/json.ts";
import type { Attempt } from "./attempt.ts";
import { incompleteStream, streamedError } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, ProviderData, StopReason } from "./chat.ts";
import { openAiClient } from "./openai-client.ts";
import { responsesBody } from "./openai-responses-request.ts";
import { tokenCount, tokenCounts } from "./token-counts.ts";
import { finishedToolCall } from "./tool-arguments.ts";

/** OpenAI Responses. Raw events are read: the SDK's `finalResponse()` resolves a cut stream as if it were complete. */
export async function callOpenAiResponses(request: ModelRequest, attempt: Attempt): Promise<AdapterAnswer> {
  const client = openAiClient(attempt);
  const stream = await client.responses.create({ ...responsesBody(request), stream: true }, { signal: attempt.signal });
  const items: ResponseOutputItem[] = [];
  const ended: { response?: OpenAiResponse } = {};
  await attempt.read(stream, (event) => {
    noteProgress(event, attempt);
    if (event.type === "response.output_item.done") items[event.output_index] = event.item;
    if (event.type === "error") throw streamedError({ message: event.message, type: event.code }, attempt);
    if (!isTerminal(event)) return;
    ended.response = event.response;
    attempt.usage = usageOf(event.response);
    if (event.type === "response.failed") throw failed(event.response, attempt);
    attempt.finish();
  });
  if (!ended.response) throw incompleteStream(attempt);
  const output = ended.response.output?.length ? ended.response.output : items.filter(Boolean);
  return complete(ended.response, output, attempt);
}

type TerminalEvent = Extract<
  ResponseStreamEvent,
  { type: "response.completed" | "response.incomplete" | "response.failed" }
>;

function isTerminal(event: ResponseStreamEvent): event is TerminalEvent {
  return ["response.completed", "response.incomplete", "response.failed"].includes(event.type);
}

function noteProgress(event: ResponseStreamEvent, attempt: Attempt): void {
  if (event.type === "response.output_text.delta" || event.type === "response.refusal.delta") attempt.text(event.delta);
  else if (event.type.endsWith(".delta")) attempt.token();
}

function failed(response: OpenAiResponse, attempt: Attempt): Error {
  const { code = null, message = "no reason given" } = response.error ?? {};
  return streamedError({ message, type: code }, attempt);
}

function complete(response: OpenAiResponse, items: ResponseOutputItem[], attempt: Attempt): AdapterAnswer {
  const stopReason = stopReasonOf(response, items);
  return {
    parts: items.flatMap((item) => partsOf(item, stopReason, attempt)),
    stopReason,
    usage: usageOf(response),
    cacheWriteTokensByTtl: tokenCounts(response.usage?.input_tokens_details?.cache_write_tokens_details, {
      ttl_30m_tokens: "30m",
      ttl_12h_tokens: "12h",
    }),
    responseModel: response.model ?? null,
  };
}

function stopReasonOf(response: OpenAiResponse, items: ResponseOutputItem[]): StopReason {
  if (response.status === "incomplete") {
    const reason = response.incomplete_details?.reason;
    return reason === "max_output_tokens" ? "max_tokens" : reason === "content_filter" ? "refusal" : "other";
  }
  if (items.some((item) => item.type === "function_call")) return "tool_calls";
  const refused = items.some((item) => item.type === "message" && item.content.some((part) => part.type === "refusal"));
  return refused ? "refusal" : "end";
}

function partsOf(item: ResponseOutputItem, stopReason: StopReason, attempt: Attempt): ChatPart[] {
  if (item.type === "reasoning") {
    const words = item.summary?.length ? item.summary : (item.content ?? []);
    const { id, summary = [], encrypted_content = null } = item;
    const text = words.map((part) => part.text).join("\n\n");
    return [{ type: "thinking", text, signature: sealed({ id, summary: summary as never, encrypted_content }) }];
  }
  if (item.type === "message") {
    const signature = item.phase ? sealed({ phase: item.phase }) : undefined;
    return item.content.map((part) => ({
      type: "text",
      text: part.type === "output_text" ? part.text : part.refusal,
      ...(signature && { signature }),
    }));
  }
  if (item.type !== "function_call") return [];
  const call = { type: "tool_call" as const, id: item.call_id, name: item.name, argumentsText: item.arguments };
  const isCut = stopReason === "max_tokens" || item.status === "incomplete";
  return [finishedToolCall(call, isCut, attempt)].filter((part) => part !== null);
}

function sealed(item: Record<string, Json>): ProviderData {
  return { wire: "openai-responses", item };
}

function usageOf(response: OpenAiResponse): AdapterAnswer["usage"] {
  const usage = response.usage;
  return {
    inputTokens: tokenCount(usage?.input_tokens),
    outputTokens: tokenCount(usage?.output_tokens),
    cacheReadTokens: tokenCount(usage?.input_tokens_details?.cached_tokens),
    cacheWriteTokens: tokenCount(usage?.input_tokens_details?.cache_write_tokens),
    reasoningTokens: tokenCount(usage?.output_tokens_details?.reasoning_tokens),
  };
}
