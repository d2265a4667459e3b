import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { type Provider, startProvider } from "#/lib/demo/provider/server.ts";
import type { FaultScript } from "#/lib/demo/provider/faults.ts";
import { callModel } from "#/lib/models/gateway.ts";
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
let provider: Provider;
beforeAll(async () => {
  [server, provider] = [await startWireServer(), await startProvider()];
});
afterAll(() => Promise.all([server.close(), provider.close()]));

type Format = (typeof formats)[0];
const [anthropic, responses, chat] = formats as [Format, Format, Format];
const done = "data: [DONE]\n\n";

async function ask(format: Format, events: string[]) {
  server.answer(async (response) => {
    await sendEvents(response, events, 0);
    response.end();
  });
  return callModel(accessTo(server, format), question, callOptions());
}
const saying = (content: Json, more: JsonObject = {}) =>
  ask(chat, [chunk({ content, ...more }), chunk({}, "stop"), done]);
const calling = (pieces: Json[], finish = "tool_calls") =>
  ask(chat, [...pieces.map((piece) => chunk({ tool_calls: [piece] })), chunk({}, finish), done]);
const callsOf = ({ parts }: Awaited<ReturnType<typeof ask>>) =>
  parts.flatMap((part) => (part.type === "tool_call" ? [[part.id, part.name, part.arguments]] : []));

describe("content as a list of parts", () => {
  const text = { type: "text", text: "Hi" };
  test.each<[string, Json, string, string]>([
    ["texts", [text, { type: "text", text: " you" }], "Hi you", ""],
    ["output_text", [{ type: "output_text", text: "Hi" }], "Hi", ""],
    ["one part, no list", text, "Hi", ""],
    ["plain texts", ["Hi", " you"], "Hi you", ""],
    ["thinking as text", [{ type: "thinking", thinking: "Hm." }, text], "Hi", "Hm."],
    ["thinking as parts", [{ type: "thinking", thinking: [{ type: "text", text: "Hm" }, "."] }, text], "Hi", "Hm."],
    ["reasoning", [{ type: "reasoning", text: "Hm." }, text], "Hi", "Hm."],
    ["an empty list", [], "", ""],
    ["a text that looks like a list", "[object Object]", "[object Object]", ""],
  ])("%s", async (_, content, words, thoughts) => {
    const answer = await saying(content);
    const thinking = answer.parts.map((part) => (part.type === "thinking" ? part.text : "")).join("");
    expect([answer.text, thinking]).toEqual([words, thoughts]);
  });

  test.each<[string, Json]>([
    ["hologram", [{ type: "hologram", text: "x" }]],
    ["image_url", [text, { type: "image_url", image_url: { url: "https://x" } }]],
    ["text", [{ type: "text", text: { value: "x" } }]],
    ["reference", { type: "reference", reference_ids: [1] }],
    ["42", 42],
    ["true", [true]],
  ])("a part that is not known fails the attempt and is named: %s", async (name, content) => {
    const message = expect.stringContaining(name) as unknown;
    await expect(saying(content)).rejects.toMatchObject({ code: "provider_error", retryable: false, message });
  });
});

describe("tool calls of a chat stream", () => {
  const piece = (index: number | null, id: string | null, name: string | null, args: Json) => ({
    ...(index !== null && { index }),
    ...(id !== null && { id }),
    type: "function",
    function: { ...(name !== null && { name }), arguments: args },
  });
  const [one, two] = [
    ["a", "read", { n: 1 }],
    ["b", "read", { n: 2 }],
  ];
  test.each<[string, Json[], Json[]]>([
    ["one index, two ids", [piece(0, "a", "read", '{"n":1}'), piece(0, "b", "read", '{"n":2}')], [one, two] as Json[]],
    [
      "one index, two ids, in pieces",
      [
        piece(0, "a", "read", '{"n"'),
        piece(0, null, null, ":1}"),
        piece(0, "b", "read", ""),
        piece(0, null, null, '{"n":2}'),
      ],
      [one, two] as Json[],
    ],
    [
      "the id again with every piece",
      [piece(0, "a", "read", '{"n"'), piece(0, "a", "read", ":1}"), piece(1, "b", "read", '{"n":2}')],
      [one, two] as Json[],
    ],
    ["no index", [piece(null, "a", "read", '{"n":1}'), piece(null, "b", "read", '{"n":2}')], [one, two] as Json[]],
    ["no index, in pieces", [piece(null, "a", "read", '{"n"'), piece(null, null, null, ":1}")], [one] as Json[]],
    [
      "mixed pieces",
      [
        piece(0, "a", "read", ""),
        piece(1, "b", "read", ""),
        piece(0, null, null, '{"n":1}'),
        piece(1, null, null, '{"n":2}'),
      ],
      [one, two] as Json[],
    ],
    [
      "no ids, other names",
      [piece(0, null, "read", "{}"), piece(0, null, "write", "{}")],
      [
        ["call_0", "read", {}],
        ["call_1", "write", {}],
      ],
    ],
    [
      "one id for two calls",
      [piece(0, "a", "read", '{"n":1}'), piece(1, "a", "read", '{"n":2}')],
      [one, ["a_2", "read", { n: 2 }]] as Json[],
    ],
    ["arguments as a value", [piece(0, "a", "read", { n: 1 })], [one] as Json[]],
    ["no arguments", [piece(0, "a", "read", null)], [["a", "read", {}]]],
  ])("%s", async (_, pieces, calls) => {
    expect(callsOf(await calling(pieces))).toEqual(calls);
    expect(callsOf(await calling(pieces, "stop"))).toEqual(calls);
  });

  test("the function_call of older servers", async () => {
    const events = [chunk({ function_call: { name: "read", arguments: '{"n":1}' } }), chunk({}, "function_call"), done];
    expect(callsOf(await ask(chat, events))).toEqual([["call_0", "read", { n: 1 }]]);
  });

  test("a call without a name, and a stop for calls without any, fail the attempt", async () => {
    await expect(calling([piece(0, "a", null, "{}")])).rejects.toMatchObject({ code: "output_invalid" });
    await expect(ask(chat, [chunk({ content: "x" }), chunk({}, "tool_calls"), done])).rejects.toMatchObject({
      code: "output_invalid",
      retryable: true,
    });
  });
});

describe("Anthropic's format from other servers", () => {
  const start = anthropic.events[0] as string;
  const end = [
    named({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } }),
    named({ type: "message_stop" }),
  ];
  const use = (index: number, id: string, input: Json) =>
    named({ type: "content_block_start", index, content_block: { type: "tool_use", id, name: "read", input } });
  const json = (index: number, partial_json: string) =>
    named({ type: "content_block_delta", index, delta: { type: "input_json_delta", partial_json } });

  test.each<[string, string[], Json[]]>([
    ["input whole in the first event", [use(0, "a", { n: 1 })], [["a", "read", { n: 1 }]]],
    ["an empty piece behind it", [use(0, "a", { n: 1 }), json(0, "")], [["a", "read", { n: 1 }]]],
    ["input as text", [use(0, "a", '{"n":1}')], [["a", "read", { n: 1 }]]],
    ["pieces, as Anthropic sends it", [use(0, "a", {}), json(0, '{"n"'), json(0, ":1}")], [["a", "read", { n: 1 }]]],
    [
      "one index for two blocks",
      [use(0, "a", {}), json(0, '{"n":1}'), use(0, "b", {}), json(0, '{"n":2}')],
      [
        ["a", "read", { n: 1 }],
        ["b", "read", { n: 2 }],
      ],
    ],
    ["no id", [use(0, undefined as never, { n: 1 })], [["call_0", "read", { n: 1 }]]],
  ])("%s", async (_, blocks, calls) => {
    expect(callsOf(await ask(anthropic, [start, ...blocks, ...end]))).toEqual(calls);
  });

  test("events without a name are read by their type", async () => {
    const nameless = anthropic.events.map((event) => event.replace(/^event: .*\n/, ""));
    expect((await ask(anthropic, nameless)).text).toBe("Hello world");
  });

  test.each<[string, string]>([
    [
      "web_search_tool_result",
      named({ type: "content_block_start", index: 0, content_block: { type: "web_search_tool_result" } }),
    ],
    ["hologram_delta", named({ type: "content_block_delta", index: 1, delta: { type: "hologram_delta" } })],
    ["text_delta", named({ type: "content_block_delta", index: 7, delta: { type: "text_delta", text: "lost" } })],
  ])("what is not known fails the attempt and is named: %s", async (name, event) => {
    const open = named({ type: "content_block_start", index: 1, content_block: { type: "text", text: "" } });
    await expect(ask(anthropic, [start, open, event, ...end])).rejects.toMatchObject({
      code: "provider_error",
      message: expect.stringContaining(name),
    });
  });
});

describe("Responses' format from other servers", () => {
  const completed = (output: Json) =>
    named({ type: "response.completed", response: { id: "r", model: "m", status: "completed", output } });
  test.each<[string, Json]>([
    ["web_search_call", { type: "web_search_call", id: "w" }],
    ["hologram", { type: "message", role: "assistant", content: [{ type: "hologram" }] }],
  ])("what is not known fails the attempt and is named: %s", async (name, item) => {
    await expect(ask(responses, [completed([item])])).rejects.toMatchObject({ message: expect.stringContaining(name) });
  });
  test("text that was streamed and stands in no item is not a whole answer", async () => {
    const events = [...responses.events.slice(0, 3), completed([])];
    await expect(ask(responses, events)).rejects.toMatchObject({ code: "provider_stream_incomplete" });
  });
});

describe.each(formats)("what stands between the events of $path", (format) => {
  test.each([
    "data: : keepalive\n\n",
    "data: : keepalive\n",
    "data:\n\n",
    "data: \n\n",
    "data\n\n",
    ": a comment\n\n",
    "event: keepalive\n\n",
    "id: 7\nretry: 100\n\n",
    "\n\n\n",
    "\r\n\r\n",
  ])("%j is skipped", async (noise) => {
    const events = format.events.flatMap((event) => [noise, event]);
    expect((await ask(format, [...events, noise])).text).toBe("Hello world");
  });

  test("CRLF, CR, a byte order mark and a last event without its empty line", async () => {
    const text = format.events.join("");
    for (const variant of [text.replaceAll("\n", "\r\n"), text.replaceAll("\n", "\r"), `\uFEFF${text}`, text.trimEnd()])
      expect((await ask(format, [variant])).text).toBe("Hello world");
  });

  test("a document instead of a stream says what came; an error in it is told", async () => {
    const document = (type: string, body: string) => {
      server.answer((response) => void response.writeHead(200, { "content-type": type }).end(body));
      return callModel(accessTo(server, format), question, callOptions());
    };
    await expect(document("text/html; charset=utf-8", "<p>Sign in</p>")).rejects.toMatchObject({
      retryable: false,
      message: "acme answered with text/html instead of a stream of events.",
    });
    await expect(document("application/json", '{"choices":[]}')).rejects.toMatchObject({
      message: "acme answered with application/json instead of a stream of events.",
    });
    await expect(document("application/json", '{"error":{"message":"busy"}}')).rejects.toMatchObject({
      retryable: true,
      message: "acme ended its answer with an error: busy",
    });
  });
});

describe("an event that is no object", () => {
  test.each(["null", "5", '"ping"'])("%s fails the attempt", async (data) => {
    await expect(ask(chat, [`data: ${data}\n\n`, ...chat.events])).rejects.toMatchObject({ code: "provider_error" });
  });
});

describe("a quota that is used up", () => {
  test.each<[number, JsonObject]>([
    [429, { type: "insufficient_quota", code: "insufficient_quota" }],
    [429, { type: "insufficient_quota", code: null }],
    [429, { type: "insufficient_quota", code: "429" }],
    [429, { type: "exceeded_current_quota_error" }],
    [429, { code: "billing_hard_limit_reached" }],
    [503, { type: "billing_error" }],
  ])("%i %j is not tried again, and said as what it is", async (status, error) => {
    for (const format of formats) {
      server.answer((response) => {
        response.writeHead(status, { "content-type": "application/json", "retry-after": "7" });
        response.end(JSON.stringify({ error: { message: "told by the provider", ...error } }));
      });
      await expect(callModel(accessTo(server, format), question, callOptions())).rejects.toMatchObject({
        status,
        retryable: false,
        retryAfterMs: null,
        message: `acme answered ${status}: the account's quota or credit is used up. told by the provider`,
      });
    }
  });

  test.each<[string | number, boolean]>([
    ["insufficient_quota", false],
    [402, false],
    [401, false],
    [429, true],
    [500, true],
  ])("in a stream with the code %j: tried again %s", async (code, retryable) => {
    const event = `data: ${JSON.stringify({ error: { code, message: "told" } })}\n\n`;
    await expect(ask(chat, [event])).rejects.toMatchObject({ code: "provider_error", retryable });
  });
});

describe("why an answer ended", () => {
  test.each([
    ["eos", "end"],
    ["STOP", "end"],
    ["end_turn", "end"],
    ["model_length", "max_tokens"],
    ["MAX_TOKENS", "max_tokens"],
    ["content_filter", "content_filter"],
    ["SAFETY", "content_filter"],
  ])("%s is %s", async (reason, expected) => {
    expect((await ask(chat, [chunk({ content: "x" }), chunk({}, reason), done])).stopReason).toBe(expected);
  });
  test.each([
    ["error", true],
    ["insufficient_system_resource", true],
    ["a_new_one", false],
    ["constructor", false],
  ])("%s fails the attempt and is named; tried again: %s", async (reason, retryable) => {
    await expect(ask(chat, [chunk({ content: "half" }), chunk({}, reason), done])).rejects.toMatchObject({
      code: "provider_error",
      retryable,
      partialText: "half",
      message: expect.stringContaining(`"${reason}"`),
    });
  });
  test("an empty reason is none", async () => {
    const events = [chunk({ content: "x" }, ""), chunk({}, ""), done];
    await expect(ask(chat, events)).rejects.toMatchObject({ code: "provider_stream_incomplete" });
  });
});

describe("usage", () => {
  type Usage = [input: number, output: number, reasoning: number | null, total: number | null];
  test.each<[string, Usage, number | null]>([
    ["reasoning beside the output", [10, 5, 100, 115], 105],
    ["reasoning within the output", [10, 105, 100, 115], 105],
    ["no reasoning", [10, 5, 0, 15], 5],
    ["no total, more reasoning than output", [10, 5, 100, null], 105],
    ["no total, less reasoning", [10, 105, 100, null], 105],
    ["output that only the total counts", [10, 5, null, 115], 105],
    ["a total that contradicts", [10, 5, 3, 115], 5],
    ["a total below the sum", [10, 5, 3, 12], 5],
  ])("%s", async (_, [prompt_tokens, completion_tokens, reasoning_tokens, total_tokens], output) => {
    const usage = {
      prompt_tokens,
      completion_tokens,
      ...(total_tokens !== null && { total_tokens }),
      ...(reasoning_tokens !== null && { completion_tokens_details: { reasoning_tokens } }),
    };
    const inChat = [chunk({ content: "x" }, "stop", { usage }), done];
    expect((await ask(chat, inChat)).usage).toMatchObject({
      inputTokens: prompt_tokens,
      outputTokens: output,
      reasoningTokens: reasoning_tokens,
    });
  });

  test("that stands with the choice, as some servers report it", async () => {
    const event = chunk({ content: "x" }, "stop").replace(
      '"finish_reason"',
      '"usage":{"prompt_tokens":4,"completion_tokens":2},"finish_reason"',
    );
    expect((await ask(chat, [event, done])).usage).toMatchObject({ inputTokens: 4, outputTokens: 2 });
  });
});

describe("the offline provider plays the odd shapes", () => {
  const models = { anthropic: "claude-haiku-4-5", openai: "gpt-6-luna", "openai-compatible": "gpt-5.4-mini" };
  const tools = ["read_a", "read_b"].map((name) => ({
    name,
    description: "Reads",
    inputSchema: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
  }));
  beforeEach(() => provider.reset());
  const play = (format: Format, fault: FaultScript[0]["fault"], withTools = false) => {
    provider.script([{ fault }]);
    const access = { ...accessTo(server, format), baseUrl: provider.url + format.basePath };
    const request = { ...question, modelId: models[format.kind] };
    return callModel(access, withTools ? { ...request, tools, toolChoice: "required" } : request, callOptions());
  };

  test("each is the same answer as without it, or a failure that names it", async () => {
    const [text, calls] = [
      await Promise.all(formats.map(async (format) => (await play(format, { delayMs: 0 })).text)),
      await Promise.all(formats.map(async (format) => callsOf(await play(format, { delayMs: 0 }, true)))),
    ];
    provider.reset();
    for (const [at, format] of formats.entries()) {
      expect((await play(format, { shape: "keepalive" })).text).toBe(text[at]);
      expect((await play(format, { shape: "content_parts" })).text).toBe(text[at]);
      expect(callsOf(await play(format, { shape: "whole_input" }, true))).toEqual(calls[at]);
      expect(callsOf(await play(format, { shape: "same_index" }, true))).toEqual(calls[at]);
    }
    await expect(play(chat, { shape: "unknown_part" })).rejects.toThrow('sent a part of the type "hologram"');
    await expect(play(chat, { finishReason: "odd" })).rejects.toThrow('with the reason "odd"');
    await expect(play(anthropic, { finishReason: "odd" })).rejects.toThrow('with the reason "odd"');
    await expect(play(chat, { status: 429, errorType: "insufficient_quota" })).rejects.toThrow("is used up");
  });

  test("usage beside and missing", async () => {
    const beside = await play(chat, { shape: "reasoning_beside" });
    expect(beside.usage.reasoningTokens).toBe(100);
    expect(beside.usage.outputTokens).toBeGreaterThan(100);
    expect((await play(chat, { shape: "no_usage" })).usage.outputTokens).toBeNull();
  });
});
