import type { Json } from "#/lib/contract/json.ts";
import { parseJsonText } from "#/lib/core/json-text.ts";
import type { Attempt } from "./attempt.ts";
import type { ToolCallPart } from "./chat.ts";

/** A tool call as it was streamed: its arguments are JSON text still. */
export type StreamedToolCall = Omit<ToolCallPart, "arguments"> & { argumentsText: string };

/**
 * The call with its arguments parsed; no text at all means no arguments. Text that is not JSON fails the attempt, unless
 * the answer was cut at its token limit (`isCut`): then the unfinished call is left out (null).
 */
export function finishedToolCall(call: StreamedToolCall, isCut: boolean, attempt: Attempt): ToolCallPart | null {
  const { argumentsText, ...part } = call;
  let value: Json;
  try {
    value = argumentsText.trim() === "" ? {} : parseJsonText(argumentsText, "arguments");
  } catch (cause) {
    if (isCut) return null;
    throw attempt.error({
      code: "output_invalid",
      message: `The model called ${call.name} with arguments that are not valid JSON.`,
      cause,
    });
  }
  return { ...part, arguments: value };
}

/** What a tool gave back, as the text that providers take. */
export function toolOutputText(output: Json): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}
