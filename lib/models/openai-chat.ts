import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { CompletionUsage } from "openai/resources/completions";
import type { Attempt } from "./attempt.ts";
import { incompleteStream, streamedError, providerSaid } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, StopReason } from "./chat.ts";
import { chatBody } from "./openai-chat-request.ts";
import { openAiClient } from "./openai-client.ts";
import { tokenCount } from "./token-counts.ts";
import { finishedToolCall } from "./tool-arguments.ts";

/** OpenAI Chat Completions, as OpenAI-compatible servers speak it. Complete = a finish reason and the `[DONE]` line. */
export async function callOpenAiChat(request: ModelRequest, attempt: Attempt): Promise<AdapterAnswer> {
  const client = openAiClient(attempt);
  const stream = await client.chat.completions.create(
    { ...chatBody(request), stream: true },
    { signal: attempt.signal },
  );
  const answer = new ChatAnswer(attempt);
  await attempt.read(stream, (chunk) => answer.read(chunk));
  return answer.complete();
}

type Call = { id: string; name: string; argumentsText: string };
/** Fields in which compatible servers send thinking; the specification has none. */
type Thinking = { reasoning_content?: unknown; reasoning?: unknown };

class ChatAnswer {
  readonly #attempt: Attempt;
  readonly #calls: Call[] = [];
  #text = "";
  #thinking = "";
  #thinkingField = "reasoning_content";
  #refused = false;
  #finish: string | null = null;
  #model: string | null = null;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  read(chunk: ChatCompletionChunk): void {
    const fault = (chunk as { error?: unknown }).error;
    if (fault) throw streamedError(providerSaid(fault) ?? { message: "no reason given", type: null }, this.#attempt);
    this.#model ??= chunk.model ?? null;
    if (chunk.usage) this.#attempt.usage = usageOf(chunk.usage);
    const choice = chunk.choices?.find((candidate) => candidate.index === 0);
    if (choice?.delta) this.#grow(choice.delta);
    this.#finish = choice?.finish_reason ?? this.#finish;
    if (this.#finish !== null && this.#attempt.sawDoneLine) this.#attempt.finish();
  }

  complete(): AdapterAnswer {
    if (this.#finish === null || !this.#attempt.sawDoneLine) throw incompleteStream(this.#attempt);
    const stopReason = this.#stopReason(this.#finish);
    return {
      parts: this.#parts(stopReason),
      stopReason,
      usage: this.#attempt.usage ?? usageOf(null),
      cacheWriteTokensByTtl: null,
      responseModel: this.#model,
    };
  }

  #grow(delta: ChatCompletionChunk.Choice.Delta & Thinking): void {
    for (const field of ["reasoning_content", "reasoning"] as const) {
      const words = delta[field];
      if (typeof words !== "string" || words === "") continue;
      this.#thinkingField = field;
      this.#thinking += words;
      this.#attempt.token();
      break;
    }
    const text = delta.content ?? delta.refusal ?? "";
    if (delta.refusal) this.#refused = true;
    this.#text += text;
    this.#attempt.text(text);
    for (const piece of delta.tool_calls ?? []) this.#growCall(piece);
  }

  #growCall(piece: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const index = piece.index ?? this.#calls.length;
    const call = (this.#calls[index] ??= { id: "", name: "", argumentsText: "" });
    call.id ||= piece.id ?? "";
    call.name ||= piece.function?.name ?? "";
    call.argumentsText += piece.function?.arguments ?? "";
    this.#attempt.token();
  }

  #stopReason(finish: string): StopReason {
    if (finish === "length") return "max_tokens";
    if (finish === "content_filter" || this.#refused) return "refusal";
    if (finish === "tool_calls" || finish === "function_call" || this.#calls.some(Boolean)) return "tool_calls";
    return finish === "stop" ? "end" : "other";
  }

  #parts(stopReason: StopReason): ChatPart[] {
    const parts: (ChatPart | null)[] = [];
    const item = { field: this.#thinkingField };
    if (this.#thinking !== "")
      parts.push({ type: "thinking", text: this.#thinking, signature: { wire: "openai-chat", item } });
    if (this.#text !== "") parts.push({ type: "text", text: this.#text });
    for (const [index, call] of this.#calls.filter(Boolean).entries()) {
      const whole = { ...call, type: "tool_call" as const, id: call.id || `call_${index}` };
      parts.push(finishedToolCall(whole, stopReason === "max_tokens", this.#attempt));
    }
    return parts.filter((part) => part !== null);
  }
}

function usageOf(usage: CompletionUsage | null): AdapterAnswer["usage"] {
  return {
    inputTokens: tokenCount(usage?.prompt_tokens),
    outputTokens: tokenCount(usage?.completion_tokens),
    cacheReadTokens: tokenCount(usage?.prompt_tokens_details?.cached_tokens),
    cacheWriteTokens: tokenCount(usage?.prompt_tokens_details?.cache_write_tokens),
    reasoningTokens: tokenCount(usage?.completion_tokens_details?.reasoning_tokens),
  };
}
