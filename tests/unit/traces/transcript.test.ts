import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { buildTranscript, type TranscriptSpan } from "#/lib/traces/transcript.ts";

function span(key: string, change: Partial<TranscriptSpan> = {}): TranscriptSpan {
  return {
    id: `span:${key}`,
    parentId: null,
    key,
    kind: "model",
    nodeId: key.split("/")[0] ?? key,
    name: key,
    status: "completed",
    modelRef: "p:m",
    effect: null,
    error: null,
    input: null,
    output: null,
    ...change,
  };
}

/** Items in short: what was said or called. */
const short = (spans: TranscriptSpan[]) =>
  buildTranscript(spans).map((item) => {
    switch (item.type) {
      case "system":
      case "thinking":
        return `${item.type}: ${item.text}`;
      case "message":
        return `${item.role}: ${item.text}`;
      case "tool_call":
        return `call ${item.name} ${JSON.stringify(item.arguments)} → ${item.result ? `${item.result.isError ? "error " : ""}${JSON.stringify(item.result.output)}` : "?"}`;
      case "answer":
        return `answer: ${JSON.stringify(item.output)}`;
      case "error":
        return `error: ${item.message}${item.partialText ? ` after ${item.partialText}` : ""}`;
    }
  });

const text = (value: string) => ({ type: "text", text: value });
const shown = (system: string | null, ...messages: [string, ...Json[]][]): Json => ({
  system,
  messages: messages.map(([role, ...parts]) => ({ role, parts })),
});
const toolError = { code: "tool_http_error", message: "POST answered 500" } as const;

describe("model steps", () => {
  const cases: [string, TranscriptSpan[], string[]][] = [
    ["nothing", [], []],
    [
      "question and answer",
      [span("m", { input: shown("Be kind.", ["user", text("Hi")]), output: "Hello" })],
      ["system: Be kind.", "user: Hi", "assistant: Hello"],
    ],
    [
      "structured answer",
      [span("m", { input: shown(null, ["user", text("Hi")]), output: { kind: "refund" } })],
      ["user: Hi", 'answer: {"kind":"refund"}'],
    ],
    ["still running", [span("m", { status: "running", input: shown(null, ["user", text("Hi")]) })], ["user: Hi"]],
    [
      "failed, with what had come",
      [
        span("m", {
          status: "failed",
          error: { code: "provider_stream_incomplete", message: "Broken off" },
          output: { partialText: "Hel" },
        }),
      ],
      ["error: Broken off after Hel"],
    ],
    [
      "a failed attempt is told after its step",
      [
        span("m", { input: shown(null, ["user", text("Hi")]), output: "Hello" }),
        span("m#1", { kind: "attempt", status: "failed", error: { code: "provider_error", message: "529" } }),
      ],
      ["user: Hi", "assistant: Hello", "error: 529"],
    ],
    ["other kinds say nothing", [span("t", { kind: "transform", output: 1 }), span("w", { kind: "wait" })], []],
    [
      "bodies of any other shape are skipped, not fatal",
      [
        1,
        "x",
        [],
        { messages: 7 },
        { messages: [null, 3, { parts: 4 }, { parts: [null, "x", { type: "text" }, { type: "text", text: 9 }] }] },
      ].map((input, index) => span(`m${index}`, { input: input as Json, status: "running" })),
      [],
    ],
  ];
  test.each(cases)("%s", (_name, spans, expected) => {
    expect(short(spans)).toEqual(expected);
  });
});

describe("agents", () => {
  const agent = span("d", { kind: "agent", input: shown("Decide.", ["user", text("Order 17")]), output: "Done." });
  const call = (id: string, name: string, args: Json): Json => ({ type: "tool_call", id, name, arguments: args });
  const turn1 = span("d/turn-1", {
    kind: "model_call",
    parentId: agent.id,
    input: shown("Decide.", ["user", text("Order 17")]),
    output: {
      parts: [
        { type: "thinking", text: "hm" },
        text("Let me look."),
        call("c1", "look", { id: 17 }),
        call("c2", "pay", { n: 1 }),
      ],
      output: null,
    },
  });
  const look = span("d/turn-1/look-0", {
    kind: "tool_call",
    parentId: agent.id,
    name: "look",
    output: { state: "paid" },
  });
  const pay = span("d/turn-1/pay-1", {
    kind: "tool_call",
    parentId: agent.id,
    name: "pay",
    output: { ok: true },
    effect: { verdict: "dry_run_recorded", mutating: true, why: "POST is mutating", grant: null, recordedFrom: null },
  });
  const result = (callId: string, output: Json, isError = false): Json => ({
    type: "tool_result",
    callId,
    name: "x",
    output,
    isError,
  });
  const turn2 = span("d/turn-2", {
    kind: "model_call",
    parentId: agent.id,
    input: shown(null, ["tool", result("c1", { state: "paid" }), result("c2", { ok: true })]),
    output: { parts: [text("Done.")], output: "Done." },
  });

  test("turns, their calls with results, the answer; nothing twice", () => {
    expect(short([agent, turn1, look, pay, turn2])).toEqual([
      "system: Decide.",
      "user: Order 17",
      "thinking: hm",
      "assistant: Let me look.",
      'call look {"id":17} → {"state":"paid"}',
      'call pay {"n":1} → {"ok":true}',
      "assistant: Done.",
    ]);
  });
  test("a call leads to its span and carries its effect", () => {
    const items = buildTranscript([agent, turn1, look, pay, turn2]).filter((item) => item.type === "tool_call");
    expect(items.map((item) => [item.spanId, item.effect?.verdict ?? null, item.callId])).toEqual([
      [look.id, null, "c1"],
      [pay.id, "dry_run_recorded", "c2"],
    ]);
  });
  test("without spans of the calls the results come from the next turn", () => {
    expect(short([agent, turn1, turn2]).filter((line) => line.startsWith("call"))).toEqual([
      'call look {"id":17} → {"state":"paid"}',
      'call pay {"n":1} → {"ok":true}',
    ]);
  });
  test("results of two agents with equal call ids are not mixed up", () => {
    const other = turn2.input as { messages: { parts: Json[] }[] };
    const otherTurn = span("e/turn-2", {
      kind: "model_call",
      input: shown(null, ["tool", result("c1", "other"), ...(other.messages[0]?.parts.slice(1) ?? [])]),
    });
    expect(short([turn1, turn2, otherTurn])[4]).toBe('call look {"id":17} → {"state":"paid"}');
  });
  test("a call in flight has no result, a failed one an error", () => {
    const failed = { ...pay, status: "failed" as const, error: toolError, output: null };
    const lines = short([agent, turn1, { ...look, status: "running" }, failed]).filter((line) =>
      line.startsWith("call"),
    );
    expect(lines).toEqual(['call look {"id":17} → ?', 'call pay {"n":1} → error "POST answered 500"']);
  });
  test("an agent without turns speaks itself; one that failed says why, once", () => {
    expect(short([agent])).toEqual(["system: Decide.", "user: Order 17", "assistant: Done."]);
    const failure = { status: "failed" as const, error: { code: "provider_error" as const, message: "529" } };
    expect(
      short([
        { ...agent, ...failure, output: null },
        { ...turn1, ...failure, output: null },
      ]),
    ).toEqual(["system: Decide.", "user: Order 17", "error: 529"]);
    const turns = { status: "failed" as const, error: { code: "agent_turns_exceeded" as const, message: "8 turns" } };
    const after = span("later", { output: "Bye" });
    expect(short([{ ...agent, ...turns, output: null }, turn2, after])).toEqual([
      "assistant: Done.",
      "error: 8 turns",
      "assistant: Bye",
    ]);
    expect(short([{ ...agent, ...turns, output: null }, turn2])).toEqual(["assistant: Done.", "error: 8 turns"]);
  });
});

describe("tool steps", () => {
  test("arguments and request are told apart from a node's own request", () => {
    expect(
      short([span("t", { kind: "tool", name: "refund", input: { arguments: { a: 1 }, request: {} }, output: 1 })]),
    ).toEqual(['call refund {"a":1} → 1']);
    expect(short([span("t", { kind: "tool", name: "GET /x", input: { method: "GET" }, output: 1 })])).toEqual([
      'call GET /x {"method":"GET"} → 1',
    ]);
    expect(short([span("t", { kind: "tool", name: "POST /x", status: "failed", error: toolError })])).toEqual([
      'call POST /x null → error "POST answered 500"',
    ]);
  });
});
