import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { comparableSteps, comparedBodies } from "#/lib/traces/compare-side.ts";
import { span } from "../replay/replay-facts.ts";

const at = (ms: number) => new Date(1000 + ms);
const call = { madeCall: true, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

describe("the steps that are compared", () => {
  test("are steps and the calls inside of agents, in the order of the trace; attempts are part of their step", () => {
    const rows = [
      span("agent", { id: "s1", kind: "agent", startedAt: at(0), finishedAt: at(50) }),
      span("late", { id: "s5", startedAt: at(60), finishedAt: at(61) }),
      span("agent", {
        id: "s2",
        key: "agent/turn-1",
        kind: "model_call",
        parentId: "s1",
        startedAt: at(1),
        ...call,
        inputTokens: 10,
        outputTokens: 2,
        costMicros: 7,
      }),
      span("agent", {
        id: "s3",
        key: "agent/turn-1#1",
        kind: "attempt",
        parentId: "s2",
        startedAt: at(1),
        ...call,
        inputTokens: 5,
        outputTokens: 0,
        costMicros: 1,
      }),
      span("agent", { id: "s4", key: "agent/turn-1/pay-0", kind: "tool_call", parentId: "s1", startedAt: at(9) }),
    ];
    const steps = comparableSteps(rows, at(0));
    expect(steps.map((step) => [step.key, step.type])).toEqual([
      ["agent", "agent"],
      ["agent/turn-1", "model_call"],
      ["agent/turn-1/pay-0", "tool_call"],
      ["late", "tool"],
    ]);
    expect(steps[0]).toMatchObject({
      startMs: 0,
      durationMs: 50,
      costMicros: 8,
      usage: { inputTokens: 15, outputTokens: 2 },
    });
    expect(steps[3]).toMatchObject({ startMs: 60, durationMs: 1, usage: null, costMicros: null });
  });

  test("know the model that answered: their own, of an agent that of its last turn, whatever an attempt was told", () => {
    const rows = [
      span("ask", { id: "a1", kind: "model", answeredModel: "m-2" }),
      span("ask", { id: "a2", key: "ask#1", kind: "attempt", parentId: "a1", answeredModel: "m-1" }),
      span("failed", { id: "b1", kind: "model" }),
      span("failed", { id: "b2", key: "failed#1", kind: "attempt", parentId: "b1", answeredModel: "m-1" }),
      span("failed", { id: "b3", key: "failed#2", kind: "attempt", parentId: "b1", answeredModel: null }),
      span("agent", { id: "c1", kind: "agent" }),
      span("agent", { id: "c2", key: "agent/turn-1", kind: "model_call", parentId: "c1", answeredModel: "m-3" }),
      span("agent", { id: "c3", key: "agent/turn-2", kind: "model_call", parentId: "c1", answeredModel: "m-4" }),
      span("agent", { id: "c4", key: "agent/turn-2/pay-0", kind: "tool_call", parentId: "c1" }),
      span("tool", { id: "d1" }),
    ].map((row, seq) => ({ ...row, seq }));
    expect(comparableSteps(rows, at(0)).map((step) => [step.key, step.answeredModel])).toEqual([
      ["ask", "m-2"],
      ["failed", "m-1"],
      ["agent", "m-4"],
      ["agent/turn-1", "m-3"],
      ["agent/turn-2", "m-4"],
      ["agent/turn-2/pay-0", null],
      ["tool", null],
    ]);
  });

  test.each<[string, object, { cost: number | null; input: number | null }]>([
    ["a cost that one call does not know", { costMicros: null, inputTokens: 5 }, { cost: null, input: 15 }],
    ["tokens that one call does not know", { costMicros: 1, inputTokens: null }, { cost: 8, input: null }],
  ])("%s make the sum unknown, not smaller", (_what, change, { cost, input }) => {
    const rows = [
      span("agent", { id: "s1", kind: "agent" }),
      span("agent", {
        id: "s2",
        key: "agent/turn-1",
        kind: "model_call",
        parentId: "s1",
        ...call,
        inputTokens: 10,
        outputTokens: 2,
        costMicros: 7,
      }),
      span("agent", {
        id: "s3",
        key: "agent/turn-2",
        kind: "model_call",
        parentId: "s1",
        ...call,
        outputTokens: 2,
        ...change,
      }),
    ];
    expect(comparableSteps(rows, at(0))[0]).toMatchObject({ costMicros: cost, usage: { inputTokens: input } });
  });

  test("a reused step took no time of this run; one that runs has no duration yet", () => {
    const rows = [
      span("kept", { reusedRun: "run_0", reusedSpan: "span_0", startedAt: at(-900), finishedAt: at(-800) }),
      span("running", { status: "running", startedAt: at(5), finishedAt: null }),
    ];
    const steps = comparableSteps(rows, at(0));
    expect(steps.map((step) => [step.key, step.startMs, step.durationMs])).toEqual([
      ["kept", null, null],
      ["running", 5, null],
    ]);
  });
});

describe("the bodies that are compared", () => {
  const inputOf = (type: string, input: Json) => comparedBodies(type, { input, output: null }).input;
  const request = { method: "POST", url: "http://shop.test/pay" };

  test.each<[string, Json, Json]>([
    [
      "a body that repeats the arguments",
      { arguments: { a: 1 }, request: { ...request, body: { a: 1 } } },
      { arguments: { a: 1 }, request },
    ],
    [
      "whatever the order of its keys",
      { arguments: { a: 1, b: 2 }, request: { ...request, body: { b: 2, a: 1 } } },
      { arguments: { a: 1, b: 2 }, request },
    ],
    [
      "another body stays",
      { arguments: { a: 1 }, request: { ...request, body: { b: 1 } } },
      { arguments: { a: 1 }, request: { ...request, body: { b: 1 } } },
    ],
    ["a node's own request stays", { ...request, body: { a: 1 } }, { ...request, body: { a: 1 } }],
    ["no object at all stays", ["arguments"], ["arguments"]],
  ])("of a tool call: %s", (_what, input, compared) => {
    expect(inputOf("tool_call", input)).toEqual(compared);
  });

  test("of a turn: ids of calls and signatures, made up anew each time, are no difference; the rest stays", () => {
    const turn = (id: string): { input: Json; output: Json } => ({
      input: {
        messages: [
          {
            role: "tool",
            parts: [{ type: "tool_result", callId: id, name: "pay", output: { id: 7 }, isError: false }],
          },
        ],
      },
      output: {
        parts: [
          { type: "thinking", text: "Hm", signature: id },
          { type: "tool_call", id, name: "pay", arguments: { id: 7 } },
        ],
        output: null,
      },
    });
    expect(comparedBodies("model_call", turn("toolu_1"))).toEqual(comparedBodies("model_call", turn("toolu_2")));
    expect(comparedBodies("model_call", turn("toolu_1")).output).toEqual({
      parts: [
        { type: "thinking", text: "Hm" },
        { type: "tool_call", name: "pay", arguments: { id: 7 } },
      ],
      output: null,
    });
  });

  test.each<[string, Json]>([
    ["nothing", null],
    ["text", "hello"],
    ["messages that are none", { messages: "x" }],
    ["parts that are none", { messages: [{ parts: null }, 1, null] }],
  ])("of a turn with %s stay as they are", (_what, input) => {
    expect(inputOf("model_call", input)).toEqual(input);
  });
});
