import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { demoPrompts, demoTicket, demoWorkflows } from "#/lib/demo/content/load-content.ts";
import { orders } from "#/lib/demo/orders/order-book.ts";
import { type Provider, startProvider } from "#/lib/demo/provider/server.ts";
import { isValid } from "#/lib/demo/provider/schema-instance.ts";
import type { ChatMessage, ModelRequest, ProviderAccess } from "#/lib/models/chat.ts";
import { callModel } from "#/lib/models/gateway.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider({ speed: 0 });
});
afterAll(() => provider.close());

const kinds: [ProviderAccess["kind"], string][] = [
  ["anthropic", "claude-opus-4-7"],
  ["openai", "gpt-6-sol"],
  ["openai-compatible", "house-model"],
];

function call(kind: ProviderAccess["kind"], modelId: string, request: Partial<ModelRequest>) {
  const access = {
    kind,
    provider: kind,
    apiKey: "key",
    baseUrl: kind === "anthropic" ? provider.url : `${provider.url}/v1`,
  };
  const whole: ModelRequest = {
    modelId,
    ref: `${kind}:${modelId}`,
    system: null,
    messages: [],
    tools: [],
    outputSchema: null,
    toolChoice: "auto",
    maxOutputTokens: null,
    ...request,
  };
  return callModel(access, whole, {
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    idleTimeoutMs: 5_000,
    fetch,
  });
}

const said = (text: string): ChatMessage => ({ role: "user", parts: [{ type: "text", text }] });
const version = demoWorkflows()[0]?.versions[0] as {
  tools: Record<string, { description: string; input: JsonObject }>;
  nodes: { id: string; output: JsonObject }[];
};
const decide = version.nodes.find((node) => node.id === "decide");
const tools = Object.entries(version.tools).map(([name, tool]) => ({
  name,
  description: tool.description,
  inputSchema: tool.input,
}));

describe.each(kinds)("the gateway of kind %s", (kind, model) => {
  test("plays the refund agent to its end, and usage is known throughout", async () => {
    const input = { ticket: demoTicket("late-parcel").ticket, order: orders[0] } as unknown as Json;
    const messages: ChatMessage[] = [said(JSON.stringify(input, null, 2))];
    const system = demoPrompts().find((prompt) => prompt.name === "decide")?.revisions[1] ?? "";
    const called: string[] = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const answer = await call(kind, model, { system, messages, tools, outputSchema: decide?.output ?? null });
      expect(answer.usage.inputTokens).toBeGreaterThan(100);
      expect(answer.usage.outputTokens).toBeGreaterThan(5);
      expect(answer.providerRequestId).toMatch(/^req_/);
      const calls = answer.parts.filter((part) => part.type === "tool_call");
      if (calls.length === 0) {
        expect(isValid(decide?.output ?? {}, answer.structured)).toBe(true);
        expect(answer.structured).toMatchObject({ decision: "partial_refund", refundId: "rf_7" });
        break;
      }
      called.push(...calls.map((one) => one.name));
      messages.push({ role: "assistant", parts: answer.parts });
      const results = calls.map((one) => ({
        type: "tool_result" as const,
        callId: one.id,
        name: one.name,
        output: (one.name === "refund_order" ? { id: "rf_7" } : { refundPercent: 20 }) as Json,
        isError: false,
      }));
      messages.push({ role: "tool", parts: results });
    }
    expect(called).toEqual(["get_refund_policy", "refund_order"]);
  });

  test.each<[string, JsonObject]>([
    [
      "limits",
      {
        type: "object",
        required: ["score", "code", "tags"],
        properties: {
          score: { type: "integer", minimum: 30, maximum: 31 },
          code: { type: "string", description: "A code", pattern: "^[A-Z]{2}, ok: \\d$" },
          tags: { type: "array", minItems: 2, maxItems: 2, items: { type: "string", maxLength: 3 } },
        },
      },
    ],
    [
      "an open object",
      {
        type: "object",
        required: ["level"],
        additionalProperties: { type: "string" },
        properties: { level: { enum: ["a", "b"] } },
      },
    ],
  ])("gets structured output that fits %s", async (_name, outputSchema) => {
    const answer = await call(kind, model, {
      system: "Rate the text.",
      messages: [said("A parcel came late.")],
      outputSchema,
    });
    expect({ answer: answer.structured, isValid: isValid(outputSchema, answer.structured) }).toMatchObject({
      isValid: true,
    });
  });
});
