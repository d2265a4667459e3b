import { describe, expect, test } from "vitest";
import { runTotals } from "#/lib/traces/run-totals.ts";
import type { SpanRow } from "#/lib/traces/span-row.ts";
import { modelCall, spanRow } from "./span-rows.ts";

const zero = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

describe("usage and cost", () => {
  const cases: [string, SpanRow[], object][] = [
    ["nothing ran", [], { usage: zero, costMicros: 0, modelCalls: 0 }],
    [
      "no model was called",
      [spanRow("a", null, { inputTokens: 5, costMicros: 5 })],
      { usage: zero, costMicros: 0, modelCalls: 0 },
    ],
    [
      "calls add up",
      [modelCall("a", null, 5), modelCall("b", "a", 6, { inputTokens: 1 })],
      {
        usage: { inputTokens: 11, outputTokens: 2, cacheReadTokens: 4, cacheWriteTokens: 6, reasoningTokens: 0 },
        costMicros: 11,
        modelCalls: 2,
      },
    ],
    [
      "one unknown cost makes the cost unknown, not the tokens",
      [modelCall("a", null, 5), modelCall("b", null, null)],
      { usage: { inputTokens: 20 }, costMicros: null },
    ],
    [
      "an unknown kind of token makes that kind unknown, whatever comes after",
      [modelCall("a", null, 5, { reasoningTokens: null }), modelCall("b", null, 5)],
      { usage: { inputTokens: 20, reasoningTokens: null }, costMicros: 10 },
    ],
    [
      "re-used calls were paid for elsewhere",
      [modelCall("a", null, 5, { reusedFromSpan: "s" })],
      { usage: zero, costMicros: 0, modelCalls: 0 },
    ],
    [
      "failed attempts count",
      [modelCall("a#1", "a", 5, { status: "failed", kind: "attempt" }), modelCall("a", null, 6)],
      { costMicros: 11 },
    ],
  ];
  test.each(cases)("%s", (_name, rows, expected) => {
    expect(runTotals(rows)).toMatchObject(expected);
  });
});

test("effects are counted by verdict, and against the original only where a call mutates", () => {
  const tool = (id: string, change: Partial<SpanRow>) => spanRow(id, null, { kind: "tool", ...change });
  const rows = [
    tool("a", { effectVerdict: "live" }),
    tool("b", { effectVerdict: "live", mutating: true, againstOriginal: "same" }),
    tool("c", { effectVerdict: "dry_run_recorded", mutating: true, againstOriginal: "same" }),
    tool("d", { effectVerdict: "dry_run_simulated", mutating: true, againstOriginal: "never" }),
    tool("e", { effectVerdict: "dry_run_simulated", mutating: true, againstOriginal: "other_arguments" }),
    tool("f", { effectVerdict: "live", mutating: false, againstOriginal: "never" }),
    tool("g", { effectVerdict: "blocked", mutating: true }),
    tool("h", { effectVerdict: "reused", mutating: true, reusedFromSpan: "s" }),
    spanRow("i"),
  ];
  expect(runTotals(rows).effects).toEqual({
    live: 3,
    dryRunRecorded: 1,
    dryRunSimulated: 2,
    blocked: 1,
    reused: 1,
    neverMadeByOriginal: 1,
    otherArguments: 1,
  });
});
