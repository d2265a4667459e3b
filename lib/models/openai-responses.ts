import type {
  Response as OpenAiResponse,
  ResponseOutputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { Json } from "#/lib/contract/json.ts";
import type { Attempt } from "./attempt.ts";
import { incompleteStream, streamedError, unreadable } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, ProviderData, StopReason } from "./chat.ts";
import { openAiClient } from "./openai-client.ts";
import { responsesBody } from "./openai-responses-request.ts";
import { stopReasonOf } from "./stop-reason.ts";
import { billedOutput, tokenCount, tokenCounts } from "./token-counts.ts";
import { argumentsText, finishedToolCall } from "./tool-arguments.ts";

/** OpenAI Responses. Reads raw events: the SDK's `finalResponse()` resolves a cut stream as if it were complete. */
export async function callOpenAiResponses(request: ModelRequest, attempt: Attempt): Promise<AdapterAnswer> {
  const client = openAiClient(attempt);
  const stream = await client.responses.create({ ...responsesBody(request), stream: true }, { signal: attempt.signal });
  // Keyed by the index that the provider gives: in an array, one item could claim the four thousand millionth place.
  const items = new Map<number, ResponseOutputItem>();
  const ended: { response?: OpenAiResponse } = {};
  await attempt.read(stream, (event) => {
    noteProgress(event, attempt);
    if (event.type === "response.output_item.done") items.set(event.output_index, event.item);
    if (event.type === "error")
      throw streamedError({ message: event.message, types: event.code ? [event.code] : [] }, attempt);
    if (!isTerminal(event)) return;
    ended.response = event.response;
    attempt.answeredBy(event.response.model);
    attempt.usage = usageOf(event.response);
    if (event.type === "response.failed") throw failed(event.response, attempt);
    attempt.finish();
  });
  if (!ended.response) throw incompleteStream(attempt);
  const output = ended.response.output?.length ? ended.response.output : inOrder(items);
  return complete(ended.response, output, attempt);
}

function inOrder(items: ReadonlyMap<number, ResponseOutputItem>): ResponseOutputItem[] {
  return [...items].sort(([a], [b]) => a - b).flatMap(([, item]) => item ?? []);
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
  return streamedError({ message, types: code === null ? [] : [code] }, attempt);
}

function complete(response: OpenAiResponse, items: ResponseOutputItem[], attempt: Attempt): AdapterAnswer {
  const stopReason = reasonOf(response, items, attempt);
  const parts = items.flatMap((item) => partsOf(item, stopReason, attempt));
  if (parts.length === 0 && attempt.partialText !== "") throw incompleteStream(attempt);
  return {
    parts,
    stopReason,
    usage: usageOf(response),
    cacheWriteTokensByTtl: tokenCounts(response.usage?.input_tokens_details?.cache_write_tokens_details, {
      ttl_30m_tokens: "30m",
      ttl_12h_tokens: "12h",
    }),
  };
}

function reasonOf(response: OpenAiResponse, items: ResponseOutputItem[], attempt: Attempt): StopReason {
  if (response.status === "incomplete")
    return stopReasonOf(String(response.incomplete_details?.reason ?? "no reason given"), attempt);
  if (items.some((item) => item.type === "function_call")) return "tool_calls";
  const refused = items.some((item) => item.type === "message" && item.content.some((part) => part.type === "refusal"));
  return refused ? "refusal" : "end";
}

/** Items of tools that run at the provider are unknown here: we offer none, so none may arrive. */
function partsOf(item: ResponseOutputItem, stopReason: StopReason, attempt: Attempt): ChatPart[] {
  if (item.type === "reasoning") {
    const words = item.summary?.length ? item.summary : (item.content ?? []);
    const { id, summary = [], encrypted_content = null } = item;
    const text = words.map((part) => wordsOf(part, part.text, attempt)).join("\n\n");
    return [{ type: "thinking", text, signature: sealed({ id, summary: summary as never, encrypted_content }) }];
  }
  if (item.type === "message") {
    const signature = item.phase ? sealed({ phase: item.phase }) : undefined;
    return item.content.map((part) => ({
      type: "text",
      text: wordsOf(part, part.type === "refusal" ? part.refusal : part.text, attempt),
      ...(signature && { signature }),
    }));
  }
  if (item.type !== "function_call") throw unreadable(attempt, "sent an item of the type", item.type);
  const call = {
    type: "tool_call" as const,
    id: item.call_id,
    name: item.name ?? "",
    argumentsText: argumentsText(item.arguments),
  };
  const isCut = stopReason === "max_tokens" || item.status === "incomplete";
  return [finishedToolCall(call, isCut, attempt)].filter((part) => part !== null);
}

function wordsOf(part: { type: string }, words: unknown, attempt: Attempt): string {
  if (typeof words === "string") return words;
  throw unreadable(attempt, "sent a part of the type", part.type);
}

function sealed(item: Record<string, Json>): ProviderData {
  return { wire: "openai-responses", item };
}

function usageOf(response: OpenAiResponse): AdapterAnswer["usage"] {
  const usage = response.usage;
  const input = tokenCount(usage?.input_tokens);
  const reasoning = tokenCount(usage?.output_tokens_details?.reasoning_tokens);
  const [output, total] = [tokenCount(usage?.output_tokens), tokenCount(usage?.total_tokens)];
  return {
    inputTokens: input,
    outputTokens: billedOutput({ input, output, reasoning, total }),
    cacheReadTokens: tokenCount(usage?.input_tokens_details?.cached_tokens),
    cacheWriteTokens: tokenCount(usage?.input_tokens_details?.cache_write_tokens),
    reasoningTokens: reasoning,
  };
}
