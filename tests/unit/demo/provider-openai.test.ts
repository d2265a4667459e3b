import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Provider, startProvider } from "#/lib/demo/provider/server.ts";
import { lookupSchema } from "./ask-fixtures.ts";

let provider: Provider;
let client: OpenAI;
beforeAll(async () => {
  provider = await startProvider({ speed: 0 });
  client = new OpenAI({ apiKey: "sk-secret-value", baseURL: `${provider.url}/v1`, maxRetries: 0 });
});
beforeEach(() => provider.reset());
afterAll(() => provider.close());

const model = "gpt-6-sol";
const schema = {
  type: "object",
  required: ["ok"],
  additionalProperties: false,
  properties: { ok: { type: "boolean" } },
};

describe("OpenAI Responses through the real SDK", () => {
  const tools: OpenAI.Responses.FunctionTool[] = [
    { type: "function", name: "get_weather", description: "", parameters: lookupSchema, strict: false },
  ];

  test("a streamed answer equals the whole one, ids and usage included", async () => {
    const whole = await client.responses.create({ model, input: "Tell me about slow parcels." });
    provider.reset();
    const streamed = await client.responses.stream({ model, input: "Tell me about slow parcels." }).finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.output_text.length).toBeGreaterThan(20);
    expect(streamed.id).toBe(whole.id);
    expect(streamed.status).toBe("completed");
    expect(streamed.usage).toEqual(whole.usage);
    expect(whole._request_id).toMatch(/^req_/);
  });

  test("usage tells cached and reasoning tokens", async () => {
    const instructions = "You are a careful assistant of a shop. ".repeat(40);
    const first = await client.responses.create({ model, instructions, input: "One" });
    const second = await client.responses.create({ model, instructions, input: "Two" });
    expect(first.usage?.input_tokens_details).toMatchObject({ cached_tokens: 0 });
    expect(first.usage?.input_tokens_details.cache_write_tokens).toBeGreaterThan(300);
    expect(second.usage?.input_tokens_details.cached_tokens).toBe(first.usage?.input_tokens_details.cache_write_tokens);
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  });

  test("a function is called, and its output answered", async () => {
    const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: 'Use get_weather for {"city": "Turin"}.' }];
    const turn = await client.responses.stream({ model, input, tools }).finalResponse();
    const call = turn.output.find((item) => item.type === "function_call");
    expect(JSON.parse(call?.arguments ?? "")).toMatchObject({ city: "Turin" });
    input.push({
      type: "function_call",
      call_id: call?.call_id ?? "",
      name: call?.name ?? "",
      arguments: call?.arguments ?? "",
    });
    input.push({ type: "function_call_output", call_id: call?.call_id ?? "", output: "14 degrees, rain" });
    const last = await client.responses.create({ model, input, tools });
    expect(last.output_text).toContain("14 degrees, rain");
  });

  test("text.format gives JSON of the asked shape", async () => {
    const answer = await client.responses.create({
      model,
      input: "Is it so?",
      text: { format: { type: "json_schema", name: "it", schema, strict: true } },
    });
    expect(JSON.parse(answer.output_text)).toEqual({ ok: expect.any(Boolean) });
  });

  test("a cut stream ends without its terminal event", async () => {
    provider.script([{ match: { wire: "responses" }, fault: { cutAfterChunks: true } }]);
    const events: string[] = [];
    for await (const event of await client.responses.create({ model, input: "Hi", stream: true }))
      events.push(event.type);
    expect(events).toHaveLength(3);
    expect(events).not.toContain("response.completed");
  });

  test("an error event and malformed JSON end the stream with an error", async () => {
    for (const fault of [{ errorEvent: true as const }, { malformed: true as const }, { reset: true as const }]) {
      provider.script([{ fault }]);
      const read = async () => {
        for await (const _ of await client.responses.create({ model, input: "Hi", stream: true }));
      };
      await expect(read()).rejects.toBeInstanceOf(Error);
    }
  });
});

describe("OpenAI Chat Completions through the real SDK", () => {
  const messages: OpenAI.ChatCompletionMessageParam[] = [
    { role: "system", content: "Be kind." },
    { role: "user", content: "Tell me about slow parcels." },
  ];
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: "function", function: { name: "get_weather", parameters: lookupSchema } },
  ];

  test("a streamed answer equals the whole one; usage comes only when asked for", async () => {
    const whole = await client.chat.completions.create({ model, messages });
    provider.reset();
    let text = "";
    let usage: OpenAI.CompletionUsage | null | undefined = null;
    for await (const chunk of await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      text += chunk.choices[0]?.delta.content ?? "";
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage).toEqual(whole.usage);
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true }))
      expect(chunk.usage).toBeUndefined();
  });

  test("a tool is called when the choice demands it, and not when it forbids it", async () => {
    const forced = await client.chat.completions
      .stream({ model, messages, tools, tool_choice: "required" })
      .finalChatCompletion();
    expect(forced.choices[0]?.finish_reason).toBe("tool_calls");
    const call = forced.choices[0]?.message.tool_calls?.[0];
    expect(call).toMatchObject({ function: { name: "get_weather" } });
    const none = await client.chat.completions.create({
      model,
      messages: [{ role: "user", content: "Use get_weather." }],
      tools,
      tool_choice: "none",
    });
    expect(none.choices[0]?.finish_reason).toBe("stop");
  });

  test("response_format gives JSON of the asked shape", async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      response_format: { type: "json_schema", json_schema: { name: "it", schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ ok: expect.any(Boolean) });
  });

  test("errors have the shape that the SDK reads", async () => {
    provider.script([{ fault: { status: 529 } }]);
    await expect(client.chat.completions.create({ model, messages })).rejects.toMatchObject({
      status: 529,
      type: "server_error",
    });
    expect((await client.models.list()).data.map((one) => one.id)).toContain("gpt-5.4-mini");
  });
});
