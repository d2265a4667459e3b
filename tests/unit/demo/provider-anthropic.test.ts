import Anthropic, { APIError, RateLimitError } from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Provider, startProvider } from "#/lib/demo/provider/server.ts";
import { lookupSchema } from "./ask-fixtures.ts";

let provider: Provider;
let client: Anthropic;
beforeAll(async () => {
  provider = await startProvider({ speed: 0 });
  client = new Anthropic({ apiKey: "sk-ant-secret-value", baseURL: provider.url, maxRetries: 0 });
});
beforeEach(() => provider.reset());
afterAll(() => provider.close());

const base = { model: "claude-opus-4-7", max_tokens: 1000 } as const;
const say = (content: string) => ({ ...base, messages: [{ role: "user" as const, content }] });
const tools = [
  { name: "get_weather", description: "Weather of a city", input_schema: lookupSchema as Anthropic.Tool.InputSchema },
];

describe("Anthropic Messages through the real SDK", () => {
  test("a streamed answer equals the whole one, ids and usage included", async () => {
    const whole = await client.messages.create(say("Tell me about slow parcels."));
    provider.reset();
    const streamed = await client.messages.stream(say("Tell me about slow parcels.")).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.id).toBe(whole.id);
    expect(streamed.stop_reason).toBe("end_turn");
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
    expect(streamed.usage.input_tokens).toBe(whole.usage.input_tokens);
  });

  test("every request has its own request id, and the SDK sees it", async () => {
    const first = await client.messages.create(say("Hello"));
    const second = await client.messages.create(say("Hello"));
    expect(first._request_id).toMatch(/^req_/);
    expect(second._request_id).not.toBe(first._request_id);
    expect(second.id).toBe(first.id);
  });

  test("a tool is called with arguments that fit its schema, then its result is used", async () => {
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: 'Use get_weather for {"city": "Turin"}.' }];
    const turn = await client.messages.stream({ ...base, messages, tools }).finalMessage();
    expect(turn.stop_reason).toBe("tool_use");
    const call = turn.content.find((block) => block.type === "tool_use");
    expect(call?.input).toMatchObject({ city: "Turin" });
    messages.push(
      { role: "assistant", content: turn.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call?.id ?? "", content: "14 degrees, rain" }] },
    );
    const last = await client.messages.create({ ...base, messages, tools });
    expect(last.stop_reason).toBe("end_turn");
    expect(last.content.map((block) => (block.type === "text" ? block.text : "")).join("")).toContain(
      "14 degrees, rain",
    );
  });

  test("structured output is JSON of the asked shape", async () => {
    const schema = {
      type: "object",
      required: ["score", "label"],
      additionalProperties: false,
      properties: { score: { type: "integer", minimum: 3, maximum: 5 }, label: { enum: ["a", "b"] } },
    };
    const message = await client.messages.create({
      ...say("Rate this."),
      output_config: { format: { type: "json_schema", schema } },
    });
    const [block] = message.content;
    const value = JSON.parse(block?.type === "text" ? block.text : "") as { score: number; label: string };
    expect([3, 4, 5]).toContain(value.score);
    expect(["a", "b"]).toContain(value.label);
  });

  test("thinking comes as its own signed block, before the text", async () => {
    const message = await client.messages
      .stream({ ...say("Consider this."), thinking: { type: "adaptive" } })
      .finalMessage();
    expect(message.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    expect(message.usage.output_tokens_details?.thinking_tokens).toBeGreaterThan(0);
  });

  test("the system prompt is written to the cache once and read from it afterwards", async () => {
    const system = "You are a careful assistant of a shop. ".repeat(40);
    const first = await client.messages.create({ ...say("One"), system });
    const second = await client.messages.create({ ...say("Two"), system });
    expect(first.usage).toMatchObject({ cache_read_input_tokens: 0 });
    expect(first.usage.cache_creation_input_tokens).toBeGreaterThan(300);
    expect(second.usage.cache_read_input_tokens).toBe(first.usage.cache_creation_input_tokens);
    expect(second.usage.input_tokens).toBeLessThan(30);
  });

  test("an answer that is too long for max_tokens is cut and says so", async () => {
    const message = await client.messages.create({ ...say("Explain the whole thing at length."), max_tokens: 3 });
    expect(message.stop_reason).toBe("max_tokens");
  });

  test.each([
    ["a parameter that the API no longer has", { ...say("Hi"), temperature: 0.2 }, 400],
    ["a model that does not exist", { ...say("Hi"), model: "gpt-6-sol" }, 404],
  ])("%s is refused", async (_name, params, status) => {
    await expect(client.messages.create(params as never)).rejects.toMatchObject({ status });
  });

  test("a request without a key is refused with 401", async () => {
    const answer = await fetch(`${provider.url}/v1/messages`, { method: "POST", body: JSON.stringify(say("Hi")) });
    expect(answer.status).toBe(401);
  });

  test("models are listed in Anthropic's shape", async () => {
    const ids = (await client.models.list()).data.map((model) => model.id);
    expect(ids).toContain("claude-opus-4-7");
  });

  test("the journal shows requests without credentials", async () => {
    await client.messages.create(say("Remember me"));
    const text = JSON.stringify(provider.journal());
    expect(text).toContain("Remember me");
    expect(text).not.toContain("secret-value");
  });
});

describe("faults on Anthropic Messages", () => {
  test("429 carries Retry-After and strikes as often as scripted", async () => {
    provider.script([{ times: 2, fault: { status: 429, retryAfter: 7 } }]);
    const failure = await client.messages.create(say("Hi")).catch((error: unknown) => error as APIError);
    expect(failure).toBeInstanceOf(RateLimitError);
    expect((failure as APIError).headers?.get("retry-after")).toBe("7");
    await expect(client.messages.create(say("Hi"))).rejects.toMatchObject({ status: 429 });
    await expect(client.messages.create(say("Hi"))).resolves.toBeDefined();
  });

  test("an error event inside a stream is an error without a status", async () => {
    provider.script([{ fault: { errorEvent: true } }]);
    const failure = await client.messages
      .stream(say("Hi"))
      .finalMessage()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(APIError);
    expect((failure as APIError).status).toBeUndefined();
  });

  test.each([
    ["cut", { cutAfterChunks: 4 }],
    ["malformed", { malformed: 4 }],
    ["reset", { reset: 4 }],
  ])("a stream that is %s never completes", async (_name, fault) => {
    provider.script([{ fault }]);
    await expect(client.messages.stream(say("Hi")).finalMessage()).rejects.toBeInstanceOf(Error);
    const [entry] = provider.journal();
    expect(entry).toMatchObject({ eventsSent: 4, aborted: false });
  });

  test("a client that leaves a stalled stream is noticed", async () => {
    provider.script([{ fault: { stallAfterChunks: 5 } }]);
    const stream = client.messages.stream(say("Tell me a long story about a parcel."));
    stream.on("text", () => stream.abort());
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Error);
    await expect.poll(() => provider.journal()[0]?.aborted).toBe(true);
    expect(provider.journal()[0]?.abortedAt).not.toBeNull();
  });

  test("a marker in the prompt plays its fault for exactly that many requests", async () => {
    const marked = say("[[fault:529x2 a]] Hello");
    await expect(client.messages.create(marked)).rejects.toMatchObject({ status: 529 });
    await expect(client.messages.create(marked)).rejects.toMatchObject({ status: 529 });
    const answer = await client.messages.create(marked);
    expect(JSON.stringify(answer.content)).not.toContain("fault");
    await expect(client.messages.create(say("[[fault:529x2 b]] Hello"))).rejects.toMatchObject({ status: 529 });
  });

  test("faults are scripted and the journal read over HTTP too", async () => {
    const post = (path: string, body: unknown) =>
      fetch(`${provider.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    expect((await post("/__control/script", [{ match: { contains: "storm" }, fault: { status: 500 } }])).status).toBe(
      200,
    );
    expect((await post("/__control/script", [{ fault: {} }])).status).toBe(400);
    await expect(client.messages.create(say("calm"))).resolves.toBeDefined();
    await expect(client.messages.create(say("storm"))).rejects.toMatchObject({ status: 500 });
    const journal = (await (await fetch(`${provider.url}/__control/journal`)).json()) as {
      requests: { status: number }[];
    };
    expect(journal.requests.map((request) => request.status)).toEqual([200, 500]);
    await post("/__control/reset", null);
    expect(provider.journal()).toEqual([]);
  });
});
