import type { Json } from "#/lib/contract/json.ts";
import { fieldFault } from "#/lib/core/errors.ts";
import { parseJsonText } from "#/lib/core/parse-json.ts";
import type { Attempt } from "./attempt.ts";
import type { ChatPart, ToolCallPart } from "./chat.ts";

/** A tool call as it was streamed: its arguments are still JSON text. */
export type StreamedToolCall = Omit<ToolCallPart, "arguments"> & { argumentsText: string };

/**
 * The call with its arguments parsed; no text at all means no arguments. The attempt fails for text that is not JSON or
 * holds a number that a double would change, and for a call that names no tool. If the answer was cut at its token
 * limit (`isCut`), the unfinished call is left out instead.
 */
export function finishedToolCall(call: StreamedToolCall, isCut: boolean, attempt: Attempt): ToolCallPart | null {
  const { argumentsText, ...part } = call;
  let fault = "a tool without naming it";
  try {
    if (call.name !== "") return { ...part, arguments: argumentsOf(argumentsText) };
  } catch (error) {
    fault = `${call.name} with arguments that cannot be accepted: ${fieldFault(error)}`;
  }
  attempt.cutToolCall ||= isCut;
  if (isCut) return null;
  throw attempt.error({ code: "output_invalid", message: `The model called ${fault}.` });
}

function argumentsOf(text: string): Json {
  return text.trim() === "" ? {} : parseJsonText(text, "arguments");
}

/** Arguments as text: servers send JSON text, pieces of it, or the JSON value itself. */
export function argumentsText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Ids that tell the calls of one answer apart, even where a server gives none or repeats one: results name their
 * call by its id. Takes time linear in the number of calls.
 */
export function withDistinctCallIds(parts: ChatPart[]): ChatPart[] {
  const taken = new Set<string>();
  /** By an id that was already given: the number to append next. */
  const next = new Map<string, number>();
  return parts.map((part) => {
    if (part.type !== "tool_call") return part;
    const given = part.id || `call_${taken.size}`;
    let id = given;
    let n = next.get(given) ?? 2;
    for (; taken.has(id); n++) id = `${given}_${n}`;
    next.set(given, n);
    taken.add(id);
    return { ...part, id };
  });
}

/** What a tool returned, as the text that providers accept. */
export function toolOutputText(output: Json): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}
