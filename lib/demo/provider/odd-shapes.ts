import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { isObject } from "./ask.ts";
import type { Wire } from "./wire.ts";

/** Ways in which compatible servers depart from their formats; each is applied to a complete, good answer. */
export const oddShapes = [
  "content_parts",
  "unknown_part",
  "same_index",
  "whole_input",
  "keepalive",
  "reasoning_beside",
  "no_usage",
] as const;
export type OddShape = (typeof oddShapes)[number];

/** Tokens of reasoning that `reasoning_beside` reports next to the output, which the total counts. */
const reasoningBeside = 100;

type Change = (event: JsonObject) => JsonObject | null;

/** The frames of an answer in an odd shape, and with another finish reason. */
export function bent(
  frames: string[],
  wire: Wire["name"],
  { shape, finishReason }: { shape?: OddShape; finishReason?: string },
): string[] {
  if (shape === "whole_input") return wholeInput(frames);
  if (shape === "keepalive")
    return frames.flatMap((text) => [": alive\n\n", "data: : keepalive\n\n", "data:\n\n", text]);
  const changes = [
    ...(shape === undefined ? [] : [changeOf(shape, wire)]),
    ...(finishReason === undefined ? [] : [ended(finishReason)]),
  ];
  return changes.reduce((all, change) => all.flatMap((text) => reframed(text, change)), frames);
}

function reframed(text: string, change: Change): string[] {
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? "";
  if (!data.startsWith("{")) return [text];
  const event = change(JSON.parse(data) as JsonObject);
  return event === null ? [] : [text.replace(data, () => JSON.stringify(event))];
}

function changeOf(shape: OddShape, wire: Wire["name"]): Change {
  if (shape === "no_usage") return (event) => ({ ...event, usage: null });
  if (shape === "reasoning_beside") return countedBeside;
  if (wire !== "chat") return (event) => event;
  if (shape === "same_index") return delta(({ tool_calls: calls, ...rest }) => ({ ...rest, ...sameIndex(calls) }));
  return delta((given) =>
    typeof given.content === "string" ? { ...given, content: parts(shape, given.content) } : given,
  );
}

function delta(change: (given: JsonObject) => JsonObject): Change {
  return (event) => ({
    ...event,
    choices: choicesOf(event).map((choice) =>
      isObject(choice.delta) ? { ...choice, delta: change(choice.delta) } : choice,
    ),
  });
}

function choicesOf(event: JsonObject): JsonObject[] {
  return Array.isArray(event.choices) ? event.choices.filter(isObject) : [];
}

function parts(shape: OddShape, text: string): Json {
  if (shape === "unknown_part") return [{ type: "hologram", hologram: text }];
  const thinking = text === "" ? [{ type: "thinking", thinking: [{ type: "text", text: "Let me see." }] }] : [];
  return [...thinking, { type: "text", text }];
}

function sameIndex(calls: Json | undefined): JsonObject {
  return Array.isArray(calls) ? { tool_calls: calls.filter(isObject).map((call) => ({ ...call, index: 0 })) } : {};
}

/** A tool's input is in the event that begins its block, and none of its pieces follows. Chat has no such event. */
function wholeInput(frames: string[]): string[] {
  const pieces = new Map<Json | undefined, string>();
  const gather: Change = (event) => {
    if (!isObject(event.delta) || event.delta.type !== "input_json_delta") return event;
    pieces.set(event.index, (pieces.get(event.index) ?? "") + String(event.delta.partial_json));
    return null;
  };
  const fill: Change = (event) => {
    const input = pieces.get(event.index);
    if (!isObject(event.content_block) || input === undefined) return event;
    return { ...event, content_block: { ...event.content_block, input: JSON.parse(input) as Json } };
  };
  return frames.flatMap((text) => reframed(text, gather)).flatMap((text) => reframed(text, fill));
}

function countedBeside(event: JsonObject): JsonObject {
  if (!isObject(event.usage)) return event;
  const { prompt_tokens: input, completion_tokens: output } = event.usage;
  const usage = {
    ...event.usage,
    total_tokens: Number(input) + Number(output) + reasoningBeside,
    completion_tokens_details: { reasoning_tokens: reasoningBeside },
  };
  return { ...event, usage };
}

function ended(reason: string): Change {
  return (event) => ({
    ...event,
    ...(Array.isArray(event.choices) && {
      choices: choicesOf(event).map((choice) =>
        choice.finish_reason === null ? choice : { ...choice, finish_reason: reason },
      ),
    }),
    ...(event.type === "message_delta" && isObject(event.delta) && { delta: { ...event.delta, stop_reason: reason } }),
  });
}
