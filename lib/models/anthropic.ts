import Anthropic from "@anthropic-ai/sdk";
import type {
  RawContentBlockDelta,
  RawMessageStartEvent,
  RawMessageStreamEvent,
} from "@anthropic-ai/sdk/resources/messages";
import type { JsonObject } from "#/lib/contract/json.ts";
import { longestTimerMs } from "#/lib/core/timer.ts";
import { anthropicBody } from "./anthropic-request.ts";
import type { Attempt } from "./attempt.ts";
import { incompleteStream, unreadable } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, StopReason } from "./chat.ts";
import { stopReasonOf } from "./stop-reason.ts";
import { billedOutput, tokenCount, tokenCounts } from "./token-counts.ts";
import { argumentsText, finishedToolCall } from "./tool-arguments.ts";

/** Anthropic Messages. Reads raw events: `finalMessage()` would hide what had arrived when a stream breaks. */
export async function callAnthropic(request: ModelRequest, attempt: Attempt): Promise<AdapterAnswer> {
  const client = new Anthropic({
    apiKey: attempt.access.apiKey,
    baseURL: attempt.access.baseUrl,
    fetch: attempt.fetch,
    maxRetries: 0,
    timeout: longestTimerMs,
    logLevel: "off",
    openTelemetry: { traces: false, propagation: false },
  });
  const stream = await client.messages.create({ ...anthropicBody(request), stream: true }, { signal: attempt.signal });
  const answer = new AnthropicAnswer(attempt);
  await attempt.read(stream, (event) => answer.read(event));
  return answer.complete();
}

type Block = { type: string; text: string; item: JsonObject; id: string; name: string; input: unknown };

class AnthropicAnswer {
  readonly #attempt: Attempt;
  readonly #blocks: Block[] = [];
  /** Compatible servers reuse one index for several blocks: a new block replaces the one before it. */
  readonly #open = new Map<number, Block>();
  #counts: Record<string, unknown> = {};
  #stop: string | null = null;
  #ended = false;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  read(event: RawMessageStreamEvent): void {
    if (event.type === "message_start") this.#start(event.message);
    else if (event.type === "content_block_start") this.#begin(event.index, event.content_block);
    else if (event.type === "content_block_delta") this.#grow(this.#open.get(event.index), event.delta);
    else if (event.type === "message_delta") {
      this.#stop = event.delta?.stop_reason || this.#stop;
      this.#count(event.usage);
      this.#attempt.usage = this.#usage();
    } else if (event.type === "message_stop" && this.#stop !== null) {
      this.#ended = true;
      this.#attempt.finish();
    }
  }

  complete(): AdapterAnswer {
    if (!this.#ended) throw incompleteStream(this.#attempt);
    const stopReason = stopReasonOf(String(this.#stop), this.#attempt);
    return {
      parts: this.#blocks.flatMap((block) => this.#part(block, stopReason) ?? []),
      stopReason,
      usage: this.#usage(),
      cacheWriteTokensByTtl: tokenCounts(this.#counts.cache_creation, {
        ephemeral_5m_input_tokens: "5m",
        ephemeral_1h_input_tokens: "1h",
      }),
    };
  }

  #start(message: RawMessageStartEvent["message"]): void {
    this.#attempt.answeredBy(message?.model);
    this.#count(message?.usage);
    // The output count in the first event is a placeholder: it is unknown until the last event gives it.
    this.#counts.output_tokens = null;
    this.#attempt.usage = this.#usage();
  }

  /** Counts are cumulative: a later event replaces the counts that it names. */
  #count(usage: object | null | undefined): void {
    for (const [name, value] of Object.entries(usage ?? {})) if (value !== null) this.#counts[name] = value;
  }

  #begin(index: number, start: { type: string } & object): void {
    const block = openBlock(start);
    if (!block) throw unreadable(this.#attempt, "sent a content block of the type", start?.type);
    this.#blocks.push(block);
    this.#open.set(index, block);
    if (block.type === "text") this.#attempt.text(block.text);
  }

  #grow(block: Block | undefined, delta: RawContentBlockDelta): void {
    if (!block) throw unreadable(this.#attempt, "continued a content block that it had not started, with", delta?.type);
    if (delta.type === "text_delta") {
      block.text += delta.text;
      this.#attempt.text(delta.text);
    } else if (delta.type === "thinking_delta" || delta.type === "input_json_delta") {
      block.text += delta.type === "thinking_delta" ? delta.thinking : delta.partial_json;
      this.#attempt.token();
    } else if (delta.type === "signature_delta") {
      block.item.signature = String(block.item.signature ?? "") + delta.signature;
    } else if (delta.type !== "citations_delta")
      throw unreadable(this.#attempt, "sent a piece of the type", (delta as { type?: unknown }).type);
  }

  #part(block: Block, stopReason: StopReason): ChatPart | null {
    if (block.type === "text") return block.text === "" ? null : { type: "text", text: block.text };
    if (block.type !== "tool_use")
      return { type: "thinking", text: block.text, signature: { wire: "anthropic", item: block.item } };
    // Compatible servers send the whole input with the first event and nothing after it.
    const text = block.text === "" ? argumentsText(block.input) : block.text;
    const call = { type: "tool_call" as const, id: block.id, name: block.name, argumentsText: text };
    return finishedToolCall(call, stopReason === "max_tokens", this.#attempt);
  }

  /** Anthropic counts only uncached input; a cache count that it leaves out means there was none. */
  #usage(): AdapterAnswer["usage"] {
    const plain = tokenCount(this.#counts.input_tokens);
    const read = tokenCount(this.#counts.cache_read_input_tokens ?? 0);
    const write = tokenCount(this.#counts.cache_creation_input_tokens ?? 0);
    const details = this.#counts.output_tokens_details as { thinking_tokens?: unknown } | undefined;
    const input = plain === null || read === null || write === null ? null : plain + read + write;
    const reasoning = tokenCount(details?.thinking_tokens);
    const output = tokenCount(this.#counts.output_tokens);
    return {
      inputTokens: input,
      outputTokens: billedOutput({ input, output, reasoning, total: tokenCount(this.#counts.total_tokens) }),
      cacheReadTokens: plain === null ? null : read,
      cacheWriteTokens: plain === null ? null : write,
      reasoningTokens: reasoning,
    };
  }
}

/** Null for an unknown type, such as a tool that runs at the provider: we offer none, so none may arrive. */
function openBlock(start: { type: string } & object): Block | null {
  const given = (start ?? {}) as Record<string, unknown>;
  const word = (field: string) => (typeof given[field] === "string" ? given[field] : "");
  const type = word("type");
  const block: Block = { type, text: "", item: { type }, id: "", name: "", input: null };
  if (type === "text" || type === "thinking") block.text = word(type);
  else if (type === "redacted_thinking") block.item.data = word("data");
  else if (type === "tool_use") Object.assign(block, { id: word("id"), name: word("name"), input: given.input });
  else return null;
  if (type === "thinking" && given.signature) block.item.signature = word("signature");
  return block;
}
