import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { ChatMessage, ModelRequest } from "#/lib/models/chat.ts";
import { callModel } from "#/lib/models/gateway.ts";
import { anthropicVersion } from "#/lib/models/provider-headers.ts";
import {
  accessTo,
  anthropicEvent as named,
  callOptions,
  chunk,
  formats,
  question,
  sendEvents,
  startWireServer,
  type WireServer,
} from "./wire-server.ts";

let server: WireServer;
beforeAll(async () => {
  server = await startWireServer();
});
afterAll(() => server.close());

const [anthropic, responses, chat] = formats as [(typeof formats)[0], (typeof formats)[0], (typeof formats)[0]];
const tool = {
  name: "refund_order",
  description: "Refunds an order",
  inputSchema: { type: "object", properties: { orderId: { type: "string" } }, required: ["orderId"] },
};
const withTool: ModelRequest = { ...question, tools: [tool] };

async function ask(format: (typeof formats)[0], request: ModelRequest, events: string[]) {
  server.answer(async (response) => {
    await sendEvents(response, events);
    response.end();
  });
  return callModel(accessTo(server, format), request, callOptions());
}
const sentBody = () => server.seen[0]?.body ?? {};

/** The stream of a tool call, by wire format. */
const toolCall: Record<string, (argumentsText: string, stop?: string) => string[]> = {
  anthropic: (argumentsText, stop = "tool_use") => [
    anthropic.events[0] as string,
    named({ type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
    named({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Let me see." } }),
    named({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig-" } }),
    named({ type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "1" } }),
    named({ type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "hidden" } }),
    named({
      type: "content_block_start",
      index: 2,
      content_block: { type: "tool_use", id: "call_1", name: "refund_order", input: {} },
    }),
    ...[...argumentsText].map((letter) =>
      named({ type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: letter } }),
    ),
    named({ type: "message_delta", delta: { stop_reason: stop }, usage: { output_tokens: 9 } }),
    named({ type: "message_stop" }),
  ],
  openai: (argumentsText, stop = "completed") => {
    const output = [
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Let me see." }],
        encrypted_content: "enc-1",
      },
      {
        type: "function_call",
        id: "fc_1",
        call_id: "call_1",
        name: "refund_order",
        arguments: argumentsText,
        status: stop,
      },
    ];
    const incomplete = stop === "incomplete" ? { incomplete_details: { reason: "max_output_tokens" } } : {};
    return [
      named({
        type: "response.function_call_arguments.delta",
        item_id: "fc_1",
        output_index: 1,
        delta: argumentsText,
        sequence_number: 1,
      }),
      named({
        type: `response.${stop}`,
        sequence_number: 2,
        response: { id: "r", model: "m", status: stop, output, ...incomplete },
      }),
    ];
  },
  "openai-compatible": (argumentsText, stop = "tool_calls") => [
    chunk({ role: "assistant", reasoning_content: "Let me " }),
    chunk({ reasoning_content: "see." }),
    chunk({
      tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "refund_order", arguments: "" } }],
    }),
    ...[...argumentsText].map((letter) => chunk({ tool_calls: [{ index: 0, function: { arguments: letter } }] })),
    chunk({}, stop),
    "data: [DONE]\n\n",
  ],
};
const cutBy: Record<string, string> = { anthropic: "max_tokens", openai: "incomplete", "openai-compatible": "length" };
const eventsOf = (kind: string, argumentsText: string, stop?: string) => toolCall[kind]?.(argumentsText, stop) ?? [];

describe.each(formats)("tool calls over $path", (format) => {
  test("arguments streamed in pieces are parsed; thinking and the call come back as parts", async () => {
    const answer = await ask(format, withTool, eventsOf(format.kind, '{"orderId":"A-1"}'));
    expect(answer.stopReason).toBe("tool_calls");
    expect(answer.parts[0]).toMatchObject({ type: "thinking", text: "Let me see." });
    expect(answer.parts.at(-1)).toMatchObject({
      type: "tool_call",
      id: "call_1",
      name: "refund_order",
      arguments: { orderId: "A-1" },
    });
    expect(answer.text).toBe("");
  });

  test("no arguments at all are an empty object", async () => {
    const answer = await ask(format, withTool, eventsOf(format.kind, ""));
    expect(answer.parts.at(-1)).toMatchObject({ type: "tool_call", arguments: {} });
  });

  test.each(['{"orderId":', "not json", "1e400", "[".repeat(300) + "]".repeat(300)])(
    "arguments that cannot be used fail the attempt: %.20s",
    async (text) => {
      await expect(ask(format, withTool, eventsOf(format.kind, text))).rejects.toMatchObject({
        code: "output_invalid",
        retryable: false,
      });
    },
  );

  test("a number that a double would change fails the attempt, by its path", async () => {
    const text = '{"orders":[{"id":"1"},{"id":9007199254740993}]}';
    await expect(ask(format, withTool, eventsOf(format.kind, text))).rejects.toMatchObject({
      code: "output_invalid",
      message: expect.stringContaining("arguments.orders[1].id: the number 9007199254740993 cannot be kept exactly"),
    });
  });

  test("a call cut at the token limit is left out, and the answer says why it stopped", async () => {
    const answer = await ask(format, withTool, eventsOf(format.kind, '{"orderId":', cutBy[format.kind]));
    expect(answer.stopReason).toBe("max_tokens");
    expect(answer.parts.some((part) => part.type === "tool_call")).toBe(false);
  });

  test("an own __proto__ key in arguments stays data", async () => {
    const answer = await ask(format, withTool, eventsOf(format.kind, '{"__proto__":{"polluted":1}}'));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.stringify(answer.parts.at(-1))).toContain('"__proto__"');
  });
});

describe("a tool loop hands back what the provider needs, unchanged", () => {
  const loop = async (format: (typeof formats)[0], isError = false) => {
    const first = await ask(format, withTool, eventsOf(format.kind, '{"orderId":"A-1"}'));
    const messages: ChatMessage[] = [
      ...question.messages,
      // A store keeps parts as JSON between two turns.
      { role: "assistant", parts: JSON.parse(JSON.stringify(first.parts)) },
      {
        role: "tool",
        parts: [{ type: "tool_result", callId: "call_1", name: "refund_order", output: { ok: true }, isError }],
      },
      { role: "user", parts: [{ type: "text", text: "Go on" }] },
    ];
    await ask(format, { ...withTool, messages }, format.events);
    return sentBody();
  };

  test("Anthropic: signed and redacted thinking, tool_use, results and text in one user message", async () => {
    expect((await loop(anthropic)).messages).toEqual([
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Let me see.", signature: "sig-1" },
          { type: "redacted_thinking", data: "hidden" },
          { type: "tool_use", id: "call_1", name: "refund_order", input: { orderId: "A-1" } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1", content: '{"ok":true}' },
          { type: "text", text: "Go on" },
        ],
      },
    ]);
  });

  test("OpenAI Responses: encrypted reasoning before its call, nothing stored", async () => {
    const body = await loop(responses);
    expect(body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"] });
    expect(body.input).toEqual([
      { role: "user", content: "Hi" },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Let me see." }],
        encrypted_content: "enc-1",
      },
      { type: "function_call", call_id: "call_1", name: "refund_order", arguments: '{"orderId":"A-1"}' },
      { type: "function_call_output", call_id: "call_1", output: '{"ok":true}' },
      { role: "user", content: "Go on" },
    ]);
  });

  test("Chat Completions: thinking in the field it came in", async () => {
    expect((await loop(chat)).messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        reasoning_content: "Let me see.",
        tool_calls: [
          { id: "call_1", type: "function", function: { name: "refund_order", arguments: '{"orderId":"A-1"}' } },
        ],
      },
      { role: "tool", tool_call_id: "call_1", content: '{"ok":true}' },
      { role: "user", content: "Go on" },
    ]);
  });

  test("a failed tool is marked as failed", async () => {
    expect(JSON.stringify((await loop(anthropic, true)).messages)).toContain('"is_error":true');
    expect(JSON.stringify((await loop(responses, true)).input)).toContain("Error: {");
    expect(JSON.stringify((await loop(chat, true)).messages)).toContain("Error: {");
  });

  test("thinking of one wire format is not sent over another", async () => {
    const first = await ask(anthropic, withTool, eventsOf("anthropic", "{}"));
    const messages: ChatMessage[] = [...question.messages, { role: "assistant", parts: first.parts }];
    await ask(responses, { ...withTool, messages }, responses.events);
    expect(JSON.stringify(sentBody())).not.toContain("sig-1");
  });
});

describe("stop reasons", () => {
  const anthropicStop = (reason: string) => [
    ...anthropic.events.slice(0, 5),
    named({ type: "message_delta", delta: { stop_reason: reason }, usage: { output_tokens: 1 } }),
    named({ type: "message_stop" }),
  ];
  test.each([
    ["end_turn", "end"],
    ["stop_sequence", "end"],
    ["max_tokens", "max_tokens"],
    ["model_context_window_exceeded", "max_tokens"],
    ["refusal", "refusal"],
  ])("Anthropic %s is %s", async (reason, expected) => {
    expect((await ask(anthropic, question, anthropicStop(reason))).stopReason).toBe(expected);
  });

  test.each([
    ["stop", "end"],
    ["length", "max_tokens"],
    ["content_filter", "content_filter"],
  ])("Chat Completions %s is %s", async (reason, expected) => {
    expect(
      (await ask(chat, question, [chunk({ content: "x" }), chunk({}, reason), "data: [DONE]\n\n"])).stopReason,
    ).toBe(expected);
  });

  test.each([
    ["max_output_tokens", "max_tokens"],
    ["content_filter", "content_filter"],
  ])("Responses incomplete by %s is %s", async (reason, expected) => {
    const response = { id: "r", model: "m", status: "incomplete", incomplete_details: { reason }, output: [] };
    const events = [named({ type: "response.incomplete", sequence_number: 1, response })];
    expect((await ask(responses, question, events)).stopReason).toBe(expected);
  });

  test.each(["pause_turn", "a_new_one"])("a word that is not known fails the attempt: %s", async (reason) => {
    const response = { id: "r", model: "m", status: "incomplete", incomplete_details: { reason }, output: [] };
    const incomplete = [named({ type: "response.incomplete", sequence_number: 1, response })];
    await expect(ask(anthropic, question, anthropicStop(reason))).rejects.toThrow(reason);
    await expect(ask(responses, question, incomplete)).rejects.toThrow(reason);
  });

  test("Responses failed is an error with the usage it reported", async () => {
    const usage = { input_tokens: 8, output_tokens: 0 };
    const response = {
      id: "r",
      model: "m",
      status: "failed",
      error: { code: "server_error", message: "boom" },
      output: [],
      usage,
    };
    await expect(
      ask(responses, question, [named({ type: "response.failed", sequence_number: 1, response })]),
    ).rejects.toMatchObject({
      code: "provider_error",
      retryable: true,
      usage: { inputTokens: 8 },
    });
  });
});

describe("usage that is not reported is unknown, never 0", () => {
  const unknown = {
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  };
  test("Chat Completions without a usage chunk", async () => {
    const events = chat.events.filter((event) => !event.includes("prompt_tokens"));
    expect((await ask(chat, question, events)).usage).toEqual(unknown);
  });
  test("Chat Completions without details", async () => {
    const usage = { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 };
    const events = [chunk({ content: "x" }, "stop", { usage }), "data: [DONE]\n\n"];
    expect((await ask(chat, question, events)).usage).toEqual({ ...unknown, inputTokens: 4, outputTokens: 2 });
  });
  test.each([-1, 1.5, "12", 3e9, null])("a count of %j", async (count) => {
    const usage = { prompt_tokens: count, completion_tokens: 2, total_tokens: 6 } as JsonObject;
    const events = [chunk({ content: "x" }, "stop", { usage }), "data: [DONE]\n\n"];
    expect((await ask(chat, question, events)).usage.inputTokens).toBeNull();
  });
  test("Anthropic's output count is unknown until its last event", async () => {
    const cut = ask(anthropic, question, anthropic.events.slice(0, 4));
    await expect(cut).rejects.toMatchObject({ usage: { inputTokens: 20, outputTokens: null, cacheReadTokens: 3 } });
  });
  test("cache writes by time to live", async () => {
    expect((await ask(anthropic, question, anthropic.events)).cacheWriteTokensByTtl).toEqual({ "5m": 7, "1h": 0 });
    expect((await ask(responses, question, responses.events)).cacheWriteTokensByTtl).toEqual({ "30m": 7 });
  });
});

describe("structured output", () => {
  const outputSchema: JsonObject = {
    type: "object",
    properties: { n: { type: "integer", minimum: 1 } },
    required: ["n"],
    additionalProperties: false,
  };
  const request = { ...question, outputSchema };
  const saying = (format: (typeof formats)[0], text: string) =>
    format.events
      .filter((event) => !event.includes('"Hello"') && !event.includes('delta":"Hello"'))
      .map((event) => event.replaceAll(" world", JSON.stringify(text).slice(1, -1)).replaceAll("Hello", ""));

  test.each(formats)("$path: JSON text is parsed", async (format) => {
    const answer = await ask(format, request, saying(format, '{"n":3}'));
    expect(answer).toMatchObject({ text: '{"n":3}', structured: { n: 3 } });
  });

  test.each(formats)("$path: anything else is output_invalid with text and usage kept", async (format) => {
    await expect(ask(format, request, saying(format, "three"))).rejects.toMatchObject({
      code: "output_invalid",
      partialText: "three",
      usage: { inputTokens: 20, outputTokens: 5 },
    });
  });

  test("each wire format gets the schema in its own terms", async () => {
    await ask(anthropic, request, saying(anthropic, "1"));
    expect(sentBody().output_config).toMatchObject({
      format: { type: "json_schema", schema: { type: "object", additionalProperties: false } },
    });
    await ask(responses, request, saying(responses, "1"));
    expect(sentBody().text).toEqual({
      format: { type: "json_schema", name: "output", schema: outputSchema, strict: true },
    });
    await ask(chat, request, saying(chat, "1"));
    expect(sentBody().response_format).toEqual({
      type: "json_schema",
      json_schema: { name: "output", schema: outputSchema, strict: true },
    });
  });

  test("a schema that Anthropic cannot enforce is asked for in words", async () => {
    const open = { ...question, outputSchema: { type: "object" } };
    const answer = await ask(anthropic, open, saying(anthropic, '```json\n{"a":[1]}\n```'));
    expect(answer).toMatchObject({ structured: { a: [1] }, text: '{"a":[1]}' });
    expect(sentBody().output_config).toBeUndefined();
    expect(sentBody().system).toContain('JSON Schema:\n{"type":"object"}');
  });
});

describe("requests", () => {
  const full = {
    ...withTool,
    toolChoice: "required" as const,
    effort: "high",
    maxOutputTokens: null,
    metadata: { userId: "u1" },
  };
  test("Anthropic", async () => {
    await ask(anthropic, { ...full, ref: "anthropic:claude-haiku-4-5" }, anthropic.events);
    expect(sentBody()).toEqual({
      model: "wire-model",
      max_tokens: 16_384,
      system: "Be brief.",
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      tools: [{ name: tool.name, description: tool.description, input_schema: tool.inputSchema }],
      tool_choice: { type: "any" },
      cache_control: { type: "ephemeral" },
      output_config: { effort: "high" },
      metadata: { user_id: "u1" },
      stream: true,
    });
  });
  test("OpenAI Responses", async () => {
    await ask(responses, full, responses.events);
    expect(sentBody()).toEqual({
      model: "wire-model",
      instructions: "Be brief.",
      input: [{ role: "user", content: "Hi" }],
      store: false,
      include: ["reasoning.encrypted_content"],
      tools: [
        {
          type: "function",
          name: tool.name,
          description: tool.description,
          parameters: tool.inputSchema,
          strict: false,
        },
      ],
      tool_choice: "required",
      reasoning: { effort: "high" },
      metadata: { userId: "u1" },
      stream: true,
    });
  });
  test("Chat Completions", async () => {
    await ask(chat, full, chat.events);
    expect(sentBody()).toEqual({
      model: "wire-model",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      stream_options: { include_usage: true },
      tools: [
        {
          type: "function",
          function: { name: tool.name, description: tool.description, parameters: tool.inputSchema },
        },
      ],
      tool_choice: "required",
      reasoning_effort: "high",
      stream: true,
    });
  });

  test.each<[string, Json]>([
    ["gpt-4.1", undefined as never],
    ["gpt-5-chat-latest", undefined as never],
    ["gpt-6-luna", ["reasoning.encrypted_content"]],
  ])("encrypted reasoning is asked of models that reason: %s", async (modelId, include) => {
    await ask(responses, { ...question, modelId }, responses.events);
    expect(sentBody().include).toEqual(include);
  });

  test("the API version is the one that the SDK is written for", async () => {
    const { default: Anthropic } = await import("@anthropic-ai/sdk");
    let sent: string | null = null;
    const client = new Anthropic({
      apiKey: "k",
      baseURL: server.url,
      maxRetries: 0,
      fetch: async (_url, init) => {
        sent = new Headers(init?.headers).get("anthropic-version");
        return new Response("{}", { status: 400 });
      },
    });
    await client.messages.create({ model: "m", max_tokens: 1, messages: [] }).catch(() => {});
    expect(sent).toBe(anthropicVersion);
  });
});

test("pieces of an answer stand by the numbers that the provider gives them, however high", async () => {
  const item = (text: string) => ({ type: "message", content: [{ type: "output_text", text }] });
  const answer = await ask(responses, question, [
    named({ type: "response.output_item.done", output_index: 4_294_967_294, item: item("second") }),
    named({ type: "response.output_item.done", output_index: 7, item: item("first, ") }),
    named({ type: "response.completed", response: { model: "wire-model", status: "completed", output: [] } }),
  ]);
  expect(answer.text).toBe("first, second");
});
