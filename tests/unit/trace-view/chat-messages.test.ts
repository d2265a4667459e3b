import { describe, expect, test } from "vitest";
import { chatOf, pairResults, type ChatItem, type ChatResult } from "#/components/trace/chat-messages.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";

function chat(input: Json, output: Json = null, attributes: JsonObject = {}) {
  return chatOf({ input, output, attributes });
}

const call = (result: ChatResult | null): ChatItem => ({
  kind: "call",
  id: "c1",
  name: "refund",
  arguments: { order: 17 },
  result,
});

describe("what a model saw", () => {
  test.each<[string, Json, JsonObject]>([
    [
      "our own request",
      {
        system: "Be kind.",
        messages: [
          { role: "user", parts: [{ type: "text", text: "Hi" }] },
          { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "refund", arguments: { order: 17 } }] },
          {
            role: "tool",
            parts: [{ type: "tool_result", callId: "c1", name: "refund", output: "ok", isError: false }],
          },
        ],
      },
      {},
    ],
    [
      "Anthropic messages",
      {
        system: [{ type: "text", text: "Be kind." }],
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "refund", input: { order: 17 } }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "ok" }] },
        ],
      },
      {},
    ],
    [
      "OpenAI chat messages",
      [
        { role: "system", content: "Be kind." },
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c1", type: "function", function: { name: "refund", arguments: '{"order":17}' } }],
        },
        { role: "tool", tool_call_id: "c1", content: "ok" },
      ],
      {},
    ],
    [
      "OpenTelemetry attributes",
      null,
      {
        "gen_ai.system_instructions": '[{"type":"text","content":"Be kind."}]',
        "gen_ai.input.messages": JSON.stringify([
          { role: "user", parts: [{ type: "text", content: "Hi" }] },
          { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "refund", arguments: { order: 17 } }] },
          { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "ok" }] },
        ]),
      },
    ],
  ])("%s", (_name, input, attributes) => {
    expect(chat(input, null, attributes).seen).toEqual([
      { kind: "text", role: "system", text: "Be kind." },
      { kind: "text", role: "user", text: "Hi" },
      call({ output: "ok", isError: false }),
    ]);
  });

  test("a value that is no conversation is shown as what the user gave", () => {
    expect(chat({ ticket: 7 }).seen).toEqual([{ kind: "data", role: "user", value: { ticket: 7 } }]);
    expect(chat("plain").seen).toEqual([{ kind: "text", role: "user", text: "plain" }]);
    expect(chat(null).seen).toEqual([]);
  });
});

describe("what it said", () => {
  test.each<[string, Json, ChatItem[]]>([
    ["text", "Done.", [{ kind: "text", role: "assistant", text: "Done." }]],
    ["a structured answer", { kind: "refund" }, [{ kind: "data", role: "assistant", value: { kind: "refund" } }]],
    ["what came before a broken stream", { partialText: "Do" }, [{ kind: "text", role: "assistant", text: "Do" }]],
    [
      "parts, thinking and calls",
      {
        parts: [
          { type: "thinking", text: "Hm" },
          { type: "text", text: "Wait" },
          { type: "tool_call", id: "c1", name: "refund", arguments: { order: 17 } },
        ],
      },
      [{ kind: "thinking", text: "Hm" }, { kind: "text", role: "assistant", text: "Wait" }, call(null)],
    ],
    ["nothing", null, []],
  ])("%s", (_name, output, expected) => {
    expect(chat(null, output).said).toEqual(expected);
  });
});

test("a result without its call is not lost, and a second result does not overwrite the first", () => {
  const result = (output: Json): ChatItem => ({
    kind: "result",
    callId: "c1",
    name: "",
    result: { output, isError: false },
  });
  expect(pairResults([result("early"), call(null), result("one"), result("two")])).toEqual([
    result("early"),
    call({ output: "one", isError: false }),
    result("two"),
  ]);
});

test.each<Json>([
  [null, 1, "x", { role: 5 }],
  { messages: [{ role: "user", parts: [null, 7, { type: 1 }] }] },
  { messages: "{broken" },
  { system: 5 },
])("hostile bodies do not throw: %j", (body) => {
  expect(() => chat(body, body, { "gen_ai.input.messages": body })).not.toThrow();
});
