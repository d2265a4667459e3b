import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Ask, BadAsk, isObject, parsedOrText, type Turn } from "./ask.ts";
import { openaiProblem, saysError } from "./openai-problem.ts";
import { frame, type Parsed, piecesOfText, type Reply, textOf, type Wire } from "./wire.ts";

/** OpenAI Chat Completions, which OpenAI-compatible servers speak too. */
export const chatWire: Wire = {
  name: "chat",
  requestIdHeader: "x-request-id",
  parse,
  whole,
  frames,
  problem: openaiProblem,
  errorFrame: (message) => frame(null, { error: { message, type: "server_error", param: null, code: null } }),
};

function parse(body: unknown): Parsed {
  if (!isObject(body)) throw new BadAsk("the body must be a JSON object");
  if (typeof body.model !== "string" || body.model === "") throw new BadAsk("you must provide a model parameter");
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    throw new BadAsk("Missing required parameter: 'messages'.");
  const entries = body.messages.filter(isObject);
  const isTold = (entry: JsonObject) => entry.role === "system" || entry.role === "developer";
  const format = isObject(body.response_format) ? body.response_format : {};
  const jsonSchema = isObject(format.json_schema) ? format.json_schema : {};
  const limit = body.max_completion_tokens ?? body.max_tokens;
  const ask: Ask = {
    model: body.model,
    instructions: entries
      .filter(isTold)
      .map((entry) => textOf(entry.content))
      .join("\n"),
    turns: entries.filter((entry) => !isTold(entry)).map(readTurn),
    tools: Array.isArray(body.tools) ? body.tools.filter(isObject).map((tool) => readTool(tool.function)) : [],
    toolChoice: toolChoice(body.tool_choice),
    schema:
      format.type === "json_object"
        ? { type: "object", properties: {} }
        : isObject(jsonSchema.schema)
          ? jsonSchema.schema
          : null,
    maxTokens: typeof limit === "number" ? limit : null,
    thinking: false,
  };
  const options = isObject(body.stream_options) ? body.stream_options : {};
  return { ask, isStream: body.stream === true, reportsUsage: body.stream !== true || options.include_usage === true };
}

function readTool(value: Json | undefined) {
  const tool = isObject(value) ? value : {};
  return {
    name: String(tool.name),
    description: String(tool.description ?? ""),
    schema: isObject(tool.parameters) ? tool.parameters : { type: "object" },
  };
}

function toolChoice(choice: Json | undefined): Ask["toolChoice"] {
  if (isObject(choice) && isObject(choice.function)) return { mode: "tool", name: String(choice.function.name) };
  return { mode: choice === "required" ? "any" : choice === "none" ? "none" : "auto" };
}

function readTurn(entry: JsonObject): Turn {
  if (entry.role === "tool") {
    const text = textOf(entry.content);
    return {
      role: "user",
      text: "",
      toolCalls: [],
      toolResults: [{ callId: String(entry.tool_call_id), text, isError: saysError(text) }],
    };
  }
  const calls = Array.isArray(entry.tool_calls) ? entry.tool_calls.filter(isObject) : [];
  const toolCalls = calls.map((call) => {
    const named = isObject(call.function) ? call.function : {};
    return { id: String(call.id), name: String(named.name), args: parsedOrText(String(named.arguments ?? "{}")) };
  });
  return {
    role: entry.role === "assistant" ? "assistant" : "user",
    text: textOf(entry.content),
    toolCalls,
    toolResults: [],
  };
}

function finishReason({ answer }: Reply): string {
  if (answer.toolCalls.length > 0) return "tool_calls";
  return answer.truncated ? "length" : "stop";
}

function calls({ answer }: Reply) {
  return answer.toolCalls.map((call) => ({
    id: `call_${call.id}`,
    type: "function",
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  }));
}

function head(reply: Reply, object: string) {
  return {
    id: `chatcmpl-${reply.answer.id}`,
    object,
    created: reply.createdAt,
    model: reply.ask.model,
    service_tier: "default",
    system_fingerprint: `fp_${reply.answer.id.slice(0, 10)}`,
  };
}

function usage({ usage: count }: Reply) {
  return {
    prompt_tokens: count.input,
    completion_tokens: count.output,
    total_tokens: count.input + count.output,
    prompt_tokens_details: { cached_tokens: count.cacheRead, cache_write_tokens: count.cacheWrite, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: count.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function whole(reply: Reply): object {
  const toolCalls = calls(reply);
  const message = {
    role: "assistant",
    content: reply.answer.text || null,
    refusal: null,
    annotations: [],
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  return {
    ...head(reply, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(reply) }],
    usage: usage(reply),
  };
}

function frames(reply: Reply): string[] {
  const chunk = (delta: object, finish: string | null = null) =>
    frame(null, {
      ...head(reply, "chat.completion.chunk"),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(reply.reportsUsage ? { usage: null } : {}),
    });
  const toolFrames = calls(reply).flatMap((call, index) => [
    chunk({
      tool_calls: [{ index, id: call.id, type: "function", function: { name: call.function.name, arguments: "" } }],
    }),
    ...piecesOfText(call.function.arguments, 24).map((part) =>
      chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
    ),
  ]);
  return [
    chunk({ role: "assistant", content: "", refusal: null }),
    ...piecesOfText(reply.answer.text).map((content) => chunk({ content })),
    ...toolFrames,
    chunk({}, finishReason(reply)),
    ...(reply.reportsUsage
      ? [frame(null, { ...head(reply, "chat.completion.chunk"), choices: [], usage: usage(reply) })]
      : []),
    frame(null, "[DONE]"),
  ];
}
