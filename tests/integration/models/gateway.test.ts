import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "#/lib/contract/json.ts";
import { type Provider, startProvider } from "#/lib/demo/provider/server.ts";
import type { ChatMessage, ModelRequest, ProviderAccess } from "#/lib/models/chat.ts";
import { callModel } from "#/lib/models/gateway.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
beforeEach(() => provider.reset());
afterAll(() => provider.close());

const accesses: [ProviderAccess["kind"], string, string][] = [
  ["anthropic", "claude-haiku-4-5", ""],
  ["openai", "gpt-6-luna", "/v1"],
  ["openai-compatible", "gpt-5.4-mini", "/v1"],
];
const options = () => ({ signal: new AbortController().signal, timeoutMs: 10_000, idleTimeoutMs: 2000, fetch });

describe.each(accesses)("%s against the offline provider", (kind, modelId, basePath) => {
  const access = (): ProviderAccess => ({
    kind,
    provider: "demo",
    apiKey: "demo-key",
    baseUrl: provider.url + basePath,
  });
  const ask = (text: string, changes: Partial<ModelRequest> = {}): ModelRequest => ({
    modelId,
    ref: `demo:${modelId}`,
    system: "You help customers of a shop.",
    messages: [{ role: "user", parts: [{ type: "text", text }] }],
    tools: [],
    outputSchema: null,
    toolChoice: "auto",
    maxOutputTokens: 1000,
    ...changes,
  });

  test("text, usage and request id; the deltas make up the text", async () => {
    let streamed = "";
    const answer = await callModel(access(), ask("Where is my parcel?"), {
      ...options(),
      onDelta: (text) => (streamed += text),
    });
    expect(answer.stopReason).toBe("end");
    expect(answer.text).not.toBe("");
    expect(streamed).toBe(answer.text);
    expect(answer.usage.inputTokens).toBeGreaterThan(0);
    expect(answer.usage.outputTokens).toBeGreaterThan(0);
    expect(answer.providerRequestId).toBe(provider.journal()[0]?.requestId);
  });

  test("structured output is JSON of the schema's shape", async () => {
    const outputSchema: JsonObject = {
      type: "object",
      properties: { kind: { enum: ["refund", "question"] }, urgent: { type: "boolean" } },
      required: ["kind", "urgent"],
      additionalProperties: false,
    };
    const { structured } = await callModel(access(), ask("Classify: my parcel is late", { outputSchema }), options());
    expect(structured).toMatchObject({
      kind: expect.stringMatching(/^(refund|question)$/),
      urgent: expect.any(Boolean),
    });
  });

  test("a tool loop of two turns", async () => {
    const tools = [
      {
        name: "get_order",
        description: "Reads an order",
        inputSchema: { type: "object", properties: { orderId: { type: "string" } }, required: ["orderId"] },
      },
    ];
    const first = await callModel(access(), ask("Use get_order for A-1", { tools, toolChoice: "required" }), options());
    expect(first.stopReason).toBe("tool_calls");
    const call = first.parts.find((part) => part.type === "tool_call");
    if (call?.type !== "tool_call") throw new Error("no tool call");
    const messages: ChatMessage[] = [
      ...ask("Use get_order for A-1").messages,
      { role: "assistant", parts: first.parts },
      {
        role: "tool",
        parts: [{ type: "tool_result", callId: call.id, name: call.name, output: { ok: 1 }, isError: false }],
      },
    ];
    const second = await callModel(access(), ask("", { messages, tools }), options());
    expect(second.stopReason).toBe("end");
    expect(second.text).not.toBe("");
  });

  test.each([
    [
      { status: 529, retryAfter: 3 },
      { code: "provider_error", status: 529, retryable: true, retryAfterMs: 3000 },
    ],
    [{ cutAfterChunks: true }, { code: "provider_stream_incomplete", retryable: true }],
    [{ errorEvent: true }, { code: "provider_error", status: null, retryable: true }],
    [{ malformed: true }, { code: "provider_stream_incomplete", retryable: true }],
    [{ reset: true }, { code: "provider_stream_incomplete", retryable: true }],
  ] as const)("fault %j is one failed attempt", async (fault, expected) => {
    provider.script([{ fault }]);
    await expect(callModel(access(), ask("Hello"), options())).rejects.toMatchObject(expected);
    expect(provider.journal()).toHaveLength(1);
    await expect(callModel(access(), ask("Hello"), options())).resolves.toMatchObject({ stopReason: "end" });
  });

  test("a stall ends at the idle timeout; the provider sees the socket close", async () => {
    provider.script([{ fault: { stallAfterChunks: true } }]);
    const call = callModel(access(), ask("Hello"), { ...options(), idleTimeoutMs: 150 });
    await expect(call).rejects.toMatchObject({ code: "provider_idle_timeout", retryable: true });
    await expect.poll(() => provider.journal()[0]?.aborted).toBe(true);
  });

  test("a cancel reaches the provider's socket within 2 s", async () => {
    provider.script([{ fault: { stallAfterChunks: true } }]);
    const controller = new AbortController();
    const call = callModel(access(), ask("Hello"), {
      ...options(),
      signal: controller.signal,
      onDelta: () => controller.abort(),
    });
    setTimeout(() => controller.abort(), 300);
    await expect(call).rejects.toMatchObject({ code: "cancelled" });
    await expect.poll(() => provider.journal()[0]?.aborted).toBe(true);
  });
});
