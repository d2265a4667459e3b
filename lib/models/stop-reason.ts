import type { Attempt } from "./attempt.ts";
import type { StopReason } from "./chat.ts";
import { unreadable } from "./call-failure.ts";

/** The stop reasons of all wire formats, and those that compatible servers send instead; in lower case. */
const meanings: Record<string, StopReason> = {
  stop: "end",
  end_turn: "end",
  stop_sequence: "end",
  eos: "end",
  eos_token: "end",
  completed: "end",
  tool_calls: "tool_calls",
  tool_use: "tool_calls",
  tool_call: "tool_calls",
  function_call: "tool_calls",
  length: "max_tokens",
  max_tokens: "max_tokens",
  max_output_tokens: "max_tokens",
  model_length: "max_tokens",
  model_context_window_exceeded: "max_tokens",
  refusal: "refusal",
  content_filter: "content_filter",
  safety: "content_filter",
  recitation: "content_filter",
  sensitive: "content_filter",
};

/** The server gave up midway; another try may well succeed. */
const brokenOff = new Set([
  "error",
  "abort",
  "aborted",
  "cancelled",
  "timeout",
  "network_error",
  "insufficient_system_resource",
]);

/**
 * Why a complete stream ended. An unknown word fails the attempt: the answer may be cut, filtered or unfinished for a
 * reason that only a person can judge, and must not pass for a whole one.
 */
export function stopReasonOf(word: string, attempt: Attempt): StopReason {
  const meaning = Object.hasOwn(meanings, word.toLowerCase()) ? meanings[word.toLowerCase()] : undefined;
  if (meaning !== undefined) return meaning;
  throw unreadable(attempt, "ended its answer with the reason", word, brokenOff.has(word.toLowerCase()));
}
