import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { CompletionUsage } from "openai/resources/completions";
import type { Attempt } from "./attempt.ts";
import { incompleteStream, providerSaid, streamedError, unreadable } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, StopReason } from "./chat.ts";
import { chatBody } from "./openai-chat-request.ts";
import { openAiClient } from "./openai-client.ts";
import { contentPieces } from "./content-pieces.ts";
import { stopReasonOf } from "./stop-reason.ts";
import { type CallPiece, StreamedCalls } from "./streamed-calls.ts";
import { billedOutput, tokenCount } from "./token-counts.ts";
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

type Delta = Omit<ChatCompletionChunk.Choice.Delta, "content"> & { content?: unknown } & Thinking;
/** Fields in which compatible servers send thinking; the specification has none. */
type Thinking = { reasoning_content?: unknown; reasoning?: unknown };
/** Moonshot's servers report the usage with the choice; some servers send a whole message at the end and no pieces. */
type Choice = Omit<ChatCompletionChunk.Choice, "delta"> & {
  delta?: Delta | null;
  message?: Delta;
  usage?: CompletionUsage;
};

class ChatAnswer {
  readonly #attempt: Attempt;
  readonly #calls = new StreamedCalls();
  #text = "";
  #thinking = "";
  #thinkingField = "reasoning_content";
  #refused = false;
  #finish = "";

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  read(chunk: ChatCompletionChunk): void {
    if (typeof chunk !== "object" || chunk === null) throw unreadable(this.#attempt, "sent the event", chunk, true);
    const fault = (chunk as { error?: unknown }).error;
    if (fault) throw streamedError(providerSaid(fault) ?? { message: "no reason given", types: [] }, this.#attempt);
    this.#attempt.answeredBy(chunk.model);
    const choice = chunk.choices?.find((candidate) => (candidate.index ?? 0) === 0) as Choice | undefined;
    const usage = chunk.usage ?? choice?.usage;
    if (usage) this.#attempt.usage = usageOf(usage);
    const delta = choice?.delta ?? (this.#isEmpty() ? choice?.message : undefined);
    if (delta) this.#grow(delta);
    this.#finish = choice?.finish_reason || this.#finish;
    if (this.#finish !== "" && this.#attempt.sawDoneLine) this.#attempt.finish();
  }

  complete(): AdapterAnswer {
    if (this.#finish === "" || !this.#attempt.sawDoneLine) throw incompleteStream(this.#attempt);
    const stopReason = this.#stopReason(stopReasonOf(this.#finish, this.#attempt));
    return {
      parts: this.#parts(stopReason),
      stopReason,
      usage: this.#attempt.usage ?? usageOf(null),
      cacheWriteTokensByTtl: null,
    };
  }

  #isEmpty(): boolean {
    return this.#text === "" && this.#thinking === "" && this.#calls.all.length === 0;
  }

  #grow(delta: Delta): void {
    for (const field of ["reasoning_content", "reasoning"] as const) {
      const words = delta[field];
      if (typeof words !== "string" || words === "") continue;
      this.#thinkingField = field;
      this.#think(words);
      break;
    }
    for (const piece of contentPieces(delta.content, this.#attempt)) {
      if (piece.type === "thinking") this.#think(piece.text);
      else this.#say(piece.text);
    }
    if (delta.refusal) this.#refused = true;
    this.#say(delta.refusal ?? "");
    for (const piece of delta.tool_calls ?? []) this.#growCall(piece);
    if (delta.function_call) this.#growCall({ index: 0, function: delta.function_call });
  }

  #say(words: string): void {
    this.#text += words;
    this.#attempt.text(words);
  }

  #think(words: string): void {
    this.#thinking += words;
    this.#attempt.token();
  }

  #growCall(piece: CallPiece): void {
    this.#calls.grow(piece);
    this.#attempt.token();
  }

  #stopReason(said: StopReason): StopReason {
    if (said === "max_tokens" || said === "content_filter") return said;
    if (this.#refused) return "refusal";
    return this.#calls.all.length > 0 ? "tool_calls" : said;
  }

  #parts(stopReason: StopReason): ChatPart[] {
    const parts: (ChatPart | null)[] = [];
    const item = { field: this.#thinkingField };
    if (this.#thinking !== "")
      parts.push({ type: "thinking", text: this.#thinking, signature: { wire: "openai-chat", item } });
    if (this.#text !== "") parts.push({ type: "text", text: this.#text });
    for (const call of this.#calls.all)
      parts.push(finishedToolCall({ type: "tool_call", ...call }, stopReason === "max_tokens", this.#attempt));
    return parts.filter((part) => part !== null);
  }
}

function usageOf(usage: CompletionUsage | null): AdapterAnswer["usage"] {
  const input = tokenCount(usage?.prompt_tokens);
  const reasoning = tokenCount(usage?.completion_tokens_details?.reasoning_tokens);
  const [output, total] = [tokenCount(usage?.completion_tokens), tokenCount(usage?.total_tokens)];
  return {
    inputTokens: input,
    outputTokens: billedOutput({ input, output, reasoning, total }),
    cacheReadTokens: tokenCount(usage?.prompt_tokens_details?.cached_tokens),
    cacheWriteTokens: tokenCount(usage?.prompt_tokens_details?.cache_write_tokens),
    reasoningTokens: reasoning,
  };
}
