import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { SpanDetail } from "#/lib/contract/run.ts";

export type ChatRole = "system" | "user" | "assistant" | "tool";

/** One thing seen, said or called. A call carries its result once the two are paired; null = no answer (yet). */
export type ChatItem =
  | { readonly kind: "text"; readonly role: ChatRole; readonly text: string }
  | { readonly kind: "data"; readonly role: ChatRole; readonly value: Json }
  | { readonly kind: "thinking"; readonly text: string }
  | {
      readonly kind: "call";
      readonly id: string;
      readonly name: string;
      readonly arguments: Json;
      readonly result: ChatResult | null;
    }
  | { readonly kind: "result"; readonly callId: string; readonly name: string; readonly result: ChatResult };
export type ChatResult = { readonly output: Json; readonly isError: boolean };

export type SpanChat = { readonly seen: ChatItem[]; readonly said: ChatItem[] };

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function first(object: JsonObject, ...keys: string[]): Json | undefined {
  for (const key of keys) if (Object.hasOwn(object, key) && object[key] !== null) return object[key];
  return undefined;
}

/** Text that is JSON (as in OpenTelemetry attributes and OpenAI arguments) as its value; other text stays. */
function parsed(value: Json | undefined): Json {
  if (typeof value !== "string") return value ?? null;
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function roleOf(value: Json | undefined): ChatRole {
  if (value === "system" || value === "developer") return "system";
  if (value === "assistant" || value === "model") return "assistant";
  return value === "tool" || value === "function" ? "tool" : "user";
}

/** One part of a message in our own form, or in Anthropic's, OpenAI's or OpenTelemetry's. */
function partItem(part: Json, role: ChatRole): ChatItem | null {
  if (typeof part === "string") return part === "" ? null : { kind: "text", role, text: part };
  if (!isObject(part)) return part === null ? null : { kind: "data", role, value: part };
  const id = textOf(first(part, "callId", "tool_use_id", "call_id", "tool_call_id", "id")) ?? "";
  switch (part["type"]) {
    case "text":
    case "input_text":
    case "output_text":
      return partItem(first(part, "text", "content") ?? null, role);
    case "thinking":
    case "reasoning": {
      const text = textOf(first(part, "text", "thinking", "content"));
      return text === null ? null : { kind: "thinking", text };
    }
    case "tool_call":
    case "tool_use":
    case "function_call":
    case "function": {
      const inner = isObject(part["function"]) ? part["function"] : part;
      const name = textOf(first(inner, "name")) ?? "tool";
      return { kind: "call", id, name, arguments: parsed(first(inner, "arguments", "input")), result: null };
    }
    case "tool_result":
    case "tool_call_response":
    case "function_call_output": {
      const output = parsed(first(part, "output", "response", "result", "content"));
      const isError = part["isError"] === true || part["is_error"] === true;
      return { kind: "result", callId: id, name: textOf(first(part, "name")) ?? "", result: { output, isError } };
    }
    default:
      return { kind: "data", role, value: part };
  }
}

function messageItems(message: Json): ChatItem[] {
  if (!isObject(message)) return [partItem(message, "user")].filter((item) => item !== null);
  const role = roleOf(message["role"]);
  const content = first(message, "parts", "content");
  const parts = Array.isArray(content) ? content : content === undefined ? [] : [content];
  if (role === "tool" && textOf(message["tool_call_id"]) !== null)
    return [partItem({ ...message, type: "tool_result", output: content ?? null }, role)].filter(
      (item) => item !== null,
    );
  const calls = Array.isArray(message["tool_calls"]) ? message["tool_calls"] : [];
  return [...parts, ...calls].map((part) => partItem(part, role)).filter((item) => item !== null);
}

function messageList(value: Json | undefined): ChatItem[] | null {
  const list = parsed(value);
  return Array.isArray(list) && list.some(isObject) ? list.flatMap(messageItems) : null;
}

function seenItems(input: Json, attributes: JsonObject): ChatItem[] {
  const bag = isObject(input) ? input : {};
  const items: ChatItem[] = [];
  const system = parsed(first(bag, "system", "instructions") ?? attributes["gen_ai.system_instructions"]);
  for (const part of Array.isArray(system) ? system : [system]) {
    const item = partItem(part, "system");
    if (item) items.push(item);
  }
  const messages = messageList(first(bag, "messages") ?? attributes["gen_ai.input.messages"]) ?? messageList(input);
  if (messages) return [...items, ...messages];
  const prompt = textOf(first(bag, "prompt"));
  if (prompt !== null) items.push({ kind: "text", role: "system", text: prompt });
  const rest = items.length > 0 ? first(bag, "input") : input;
  if (rest !== undefined && rest !== null && !(isObject(rest) && Object.keys(rest).length === 0))
    items.push(
      typeof rest === "string"
        ? { kind: "text", role: "user", text: rest }
        : { kind: "data", role: "user", value: rest },
    );
  return items;
}

function saidItems(output: Json, attributes: JsonObject): ChatItem[] {
  const bag = isObject(output) ? output : {};
  const parts = first(bag, "parts", "content");
  if (Array.isArray(parts) && parts.some(isObject))
    return parts.map((part) => partItem(part, "assistant")).filter((item) => item !== null);
  const messages = messageList(attributes["gen_ai.output.messages"]);
  if (messages) return messages;
  if (output === null) return [];
  const text = typeof output === "string" ? output : textOf(first(bag, "text", "partialText"));
  if (text !== null && text !== undefined) return [{ kind: "text", role: "assistant", text }];
  return [{ kind: "data", role: "assistant", value: output }];
}

/** Puts each result with its call by call id. A result without a call stays alone. */
export function pairResults(items: readonly ChatItem[]): ChatItem[] {
  const paired: ChatItem[] = [];
  for (const item of items) {
    const at =
      item.kind === "result" ? paired.findLastIndex((other) => other.kind === "call" && other.id === item.callId) : -1;
    const call = paired[at];
    if (item.kind !== "result" || call?.kind !== "call" || call.result !== null) paired.push(item);
    else paired[at] = { ...call, result: item.result };
  }
  return paired;
}

/** What a model or agent span saw and said. Both lists are empty when its bodies hold no conversation. */
export function chatOf(detail: Pick<SpanDetail, "input" | "output" | "attributes">): SpanChat {
  const attributes = detail.attributes as JsonObject;
  return {
    seen: pairResults(seenItems(detail.input, attributes)),
    said: pairResults(saidItems(detail.output, attributes)),
  };
}

/** Whether the span's bodies hold messages, not just a value: then the Messages tab comes first. */
export function hasMessages(detail: Pick<SpanDetail, "kind" | "modelRef">): boolean {
  return detail.kind === "model" || detail.kind === "agent" || detail.kind === "model_call" || detail.modelRef !== null;
}
