import { describe, expect, test } from "vitest";
import { fullWindow } from "#/components/trace/time-scale.ts";
import {
  attemptCount,
  attemptRows,
  rowName,
  rowOfId,
  shownEffect,
  withTitles,
} from "#/components/trace/trace-columns.ts";
import { callsAreRows, isFirstTurn, transcriptIndex, transcriptRows } from "#/components/trace/transcript-rows.ts";
import { sampleTrace, type SampleSpan } from "./sample-trace.ts";

describe("effect badge", () => {
  test.each<[string, Partial<SampleSpan>, string | null]>([
    ["a mutating call that was made is live", { effect: "live", mutating: true }, "live"],
    ["a read-only call that was made has none", { effect: "live", mutating: false }, null],
    ["recorded", { effect: "dry_run_recorded", mutating: true }, "dry_run_recorded"],
    ["simulated", { effect: "dry_run_simulated", mutating: true }, "dry_run_simulated"],
    ["blocked", { effect: "blocked", mutating: true }, "blocked"],
    ["refused", { effect: "refused", mutating: false }, "refused"],
    ["a reused step says so without a verdict of its own", { reused: true }, "reused"],
    ["no call, no badge", {}, null],
  ])("%s", (_name, span, expected) => {
    expect(shownEffect(sampleTrace([{ name: "a", depth: 0, ...span }]), 0)).toBe(expected);
  });
});

describe("a row is called by its node, and what it called stands beside it", () => {
  const titles = new Map([["lookup", "Fetch the order"]]);
  test.each<[string, SampleSpan, string, string]>([
    ["a title", { name: "GET /orders/1", node: "lookup", depth: 0 }, "Fetch the order", "GET /orders/1"],
    ["no title", { name: "POST /mails", node: "notify", depth: 0 }, "notify", "POST /mails"],
    ["a tool of the same name", { name: "notify", node: "notify", depth: 0 }, "notify", ""],
    ["a step that was skipped", { name: "Fetch the order", node: "lookup", depth: 0 }, "Fetch the order", ""],
    ["a model", { name: "classify", node: "classify", depth: 0, kind: "model" }, "classify", ""],
    [
      "a title that is not known yet",
      { name: "Put it on file", node: "file", depth: 0, kind: "transform" },
      "Put it on file",
      "",
    ],
    ["what stands inside of a step", { name: "turn 1", node: "lookup", depth: 1, kind: "model_call" }, "turn 1", ""],
    ["a call of an agent", { name: "refund_order", node: "lookup", depth: 1, kind: "tool_call" }, "refund_order", ""],
    ["an item", { name: "order 1", node: "lookup", depth: 1, kind: "item" }, "order 1", ""],
    ["no node", { name: "odd", depth: 0 }, "odd", ""],
  ])("%s", (_, span, name, called) => {
    const trace = withTitles(sampleTrace([{ name: "root", depth: 0 }, span]), titles);
    expect(rowName(trace, 1)).toEqual({ name, called });
  });
});

describe("what was reused does not stretch the time axis", () => {
  const days = 3 * 86_400_000;
  const spans: SampleSpan[] = [
    { name: "a", depth: 0, startMs: 0, durationMs: 900, reused: true },
    { name: "b", depth: 0, startMs: days + 40, durationMs: 100 },
    { name: "c", depth: 0, startMs: days + 140, durationMs: 60 },
  ];
  test("its own steps fill it", () => {
    const trace = sampleTrace(spans);
    expect([...trace.startMs]).toEqual([-1, 0, 100]);
    expect(trace.startedAtMs).toBe(days + 40);
    expect([...trace.durationMs]).toEqual([900, 100, 60]);
    expect(fullWindow(trace, null)).toEqual({ from: 0, to: 160 });
  });
  test("nothing of its own yet", () => {
    const trace = sampleTrace(spans.slice(0, 1));
    expect([[...trace.startMs], trace.startedAtMs]).toEqual([[-1], null]);
    expect(fullWindow(trace, null)).toEqual({ from: 0, to: 1 });
  });
  test("a run that reused nothing keeps its times", () => {
    const trace = sampleTrace(spans.slice(1));
    expect([[...trace.startMs], trace.startedAtMs]).toEqual([[days + 40, days + 140], 0]);
  });
});

test("unknown tokens and cost stay unknown; one known side is enough for a sum", () => {
  const trace = sampleTrace([
    { name: "a", depth: 0 },
    { name: "b", depth: 0, tokens: [10, null], cost: 0 },
    { name: "c", depth: 0, tokens: [10, 5], cost: 7 },
  ]);
  expect(Array.from(trace.tokens)).toEqual([-1, 10, 15]);
  expect(Array.from(trace.costMicros)).toEqual([-1, 0, 7]);
});

test("attempts are the direct children of that kind", () => {
  const trace = sampleTrace([
    { name: "a", depth: 0 },
    { name: "a1", depth: 1, kind: "attempt", status: "failed" },
    { name: "call", depth: 1, kind: "tool_call" },
    { name: "c1", depth: 2, kind: "attempt" },
    { name: "a2", depth: 1, kind: "attempt", attempt: 2 },
    { name: "b", depth: 0, attempt: 3 },
  ]);
  expect(attemptRows(trace, 0)).toEqual([1, 4]);
  expect([attemptCount(trace, 0), attemptCount(trace, 4), attemptCount(trace, 5)]).toEqual([2, 2, 3]);
  expect([rowOfId(trace, "span_c1"), rowOfId(trace, "nobody"), rowOfId(trace, null)]).toEqual([3, -1, -1]);
});

describe("transcript", () => {
  const trace = sampleTrace([
    { name: "classify", depth: 0, kind: "model" },
    { name: "attempt 1", depth: 1, kind: "attempt" },
    { name: "shape", depth: 0, kind: "transform" },
    { name: "decide", depth: 0, kind: "agent" },
    { name: "turn-1", depth: 1, kind: "model_call" },
    { name: "refund", depth: 1, kind: "tool_call" },
    { name: "turn-2", depth: 1, kind: "model_call" },
    { name: "wrapped", depth: 0, kind: "model" },
    { name: "inner", depth: 1, kind: "model_call" },
  ]);
  const rows = transcriptRows(trace);

  test("holds what was seen, said and called, once each", () => {
    expect(Array.from(rows)).toEqual([0, 3, 4, 5, 6, 8]);
  });

  test("only an agent's first turn shows what it saw, and calls with rows of their own are not repeated", () => {
    expect([isFirstTurn(trace, 4), isFirstTurn(trace, 6), isFirstTurn(trace, 8)]).toEqual([true, false, true]);
    expect([callsAreRows(trace, 4), callsAreRows(trace, 6)]).toEqual([true, false]);
  });

  test("shares the cursor of the tree: a row not in it leads to its content, or to what came before", () => {
    expect(transcriptIndex(trace, rows, 5)).toBe(3);
    expect(transcriptIndex(trace, rows, 7)).toBe(5);
    expect(transcriptIndex(trace, rows, 2)).toBe(0);
    expect(transcriptIndex(trace, rows, -1)).toBe(-1);
  });
});
