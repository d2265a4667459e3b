import Anthropic from "@anthropic-ai/sdk";
import type {
  RawContentBlockDelta,
  RawMessageStreamEvent,
  RawMessageStartEvent,
  StopReason as WireStop,
} from "@anthropic-ai/sdk/resources/messages";
import type { JsonObject } from "#/lib/contract/json.ts";
import { anthropicBody } from "./anthropic-request.ts";
import type { Attempt } from "./attempt.ts";
import { incompleteStream } from "./call-failure.ts";
import type { AdapterAnswer, ChatPart, ModelRequest, StopReason } from "./chat.ts";
import { tokenCount, tokenCounts } from "./token-counts.ts";
import { finishedToolCall } from "./tool-arguments.ts";

/** Anthropic Messages. Raw events are read: `finalMessage()` would hide what had arrived when a stream breaks. */
export async function callAnthropic(request: ModelRequest, attempt: Attempt): Promise<AdapterAnswer> {
  const client = new Anthropic({
    apiKey: attempt.access.apiKey,
    baseURL: attempt.access.baseUrl,
    fetch: attempt.fetch,
    maxRetries: 0,
    timeout: 2_147_483_647,
    logLevel: "off",
    openTelemetry: { traces: false, propagation: false },
  });
  const stream = await client.messages.create({ ...anthropicBody(request), stream: true }, { signal: attempt.signal });
  const answer = new AnthropicAnswer(attempt);
  await attempt.read(stream, (event) => answer.read(event));
  return answer.complete();
}

type Block = { type: string; text: string; item: JsonObject; id: string; name: string };

const stopReasons: Record<WireStop, StopReason> = {
  end_turn: "end",
  stop_sequence: "end",
  tool_use: "tool_calls",
  max_tokens: "max_tokens",
  model_context_window_exceeded: "max_tokens",
  refusal: "refusal",
  pause_turn: "other",
};

class AnthropicAnswer {
  readonly #attempt: Attempt;
  readonly #blocks: Block[] = [];
  #counts: Record<string, unknown> = {};
  #model: string | null = null;
  #stop: string | null = null;
  #ended = false;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  read(event: RawMessageStreamEvent): void {
    if (event.type === "message_start") this.#start(event.message);
    else if (event.type === "content_block_start") this.#blocks[event.index] = openBlock(event.content_block);
    else if (event.type === "content_block_delta") this.#grow(this.#blocks[event.index], event.delta);
    else if (event.type === "message_delta") {
      this.#stop = event.delta.stop_reason ?? this.#stop;
      this.#count(event.usage);
      this.#attempt.usage = this.#usage();
    } else if (event.type === "message_stop" && this.#stop !== null) {
      this.#ended = true;
      this.#attempt.finish();
    }
  }

  complete(): AdapterAnswer {
    if (!this.#ended) throw incompleteStream(this.#attempt);
    const stopReason = stopReasons[this.#stop as WireStop] ?? "other";
    return {
      parts: this.#blocks.flatMap((block) => this.#part(block, stopReason) ?? []),
      stopReason,
      usage: this.#usage(),
      cacheWriteTokensByTtl: tokenCounts(this.#counts.cache_creation, {
        ephemeral_5m_input_tokens: "5m",
        ephemeral_1h_input_tokens: "1h",
      }),
      responseModel: this.#model,
    };
  }

  #start(message: RawMessageStartEvent["message"]): void {
    this.#model = message.model;
    this.#count(message.usage);
    // The output count of the first event is a placeholder: until the last one says, it is unknown.
    this.#counts.output_tokens = null;
    this.#attempt.usage = this.#usage();
  }

  /** Counts are cumulative: a later event replaces what it names. */
  #count(usage: object | null | undefined): void {
    for (const [name, value] of Object.entries(usage ?? {})) if (value !== null) this.#counts[name] = value;
  }

  #grow(block: Block | undefined, delta: RawContentBlockDelta): void {
    if (!block) return;
    if (delta.type === "text_delta") {
      block.text += delta.text;
      this.#attempt.text(delta.text);
    } else if (delta.type === "thinking_delta" || delta.type === "input_json_delta") {
      block.text += delta.type === "thinking_delta" ? delta.thinking : delta.partial_json;
      this.#attempt.token();
    } else if (delta.type === "signature_delta") {
      block.item.signature = String(block.item.signature ?? "") + delta.signature;
    }
  }

  #part(block: Block, stopReason: StopReason): ChatPart | null {
    if (block.type === "text") return block.text === "" ? null : { type: "text", text: block.text };
    if (block.type === "thinking" || block.type === "redacted_thinking")
      return { type: "thinking", text: block.text, signature: { wire: "anthropic", item: block.item } };
    if (block.type !== "tool_use") return null;
    const call = { type: "tool_call" as const, id: block.id, name: block.name, argumentsText: block.text };
    return finishedToolCall(call, stopReason === "max_tokens", this.#attempt);
  }

  /** Anthropic counts the uncached input only; a cache count that it leaves out is one that did not occur. */
  #usage(): AdapterAnswer["usage"] {
    const plain = tokenCount(this.#counts.input_tokens);
    const read = tokenCount(this.#counts.cache_read_input_tokens ?? 0);
    const write = tokenCount(this.#counts.cache_creation_input_tokens ?? 0);
    const details = this.#counts.output_tokens_details as { thinking_tokens?: unknown } | undefined;
    return {
      inputTokens: plain === null || read === null || write === null ? null : plain + read + write,
      outputTokens: tokenCount(this.#counts.output_tokens),
      cacheReadTokens: plain === null ? null : read,
      cacheWriteTokens: plain === null ? null : write,
      reasoningTokens: tokenCount(details?.thinking_tokens),
    };
  }
}

function openBlock(start: { type: string } & object): Block {
  const given = start as Record<string, unknown>;
  const block: Block = { type: start.type, text: "", item: { type: start.type }, id: "", name: "" };
  if (start.type === "text") block.text = String(given.text ?? "");
  if (start.type === "thinking") {
    block.text = String(given.thinking ?? "");
    if (given.signature) block.item.signature = String(given.signature);
  }
  if (start.type === "redacted_thinking") block.item.data = String(given.data ?? "");
  if (start.type === "tool_use") {
    block.id = String(given.id);
    block.name = String(given.name);
  }
  return block;
}
