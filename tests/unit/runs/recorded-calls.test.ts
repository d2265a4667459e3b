import { describe, expect, test } from "vitest";
import { RecordedCalls } from "#/lib/runs/recorded-calls.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import { span } from "../replay/replay-facts.ts";

const call = (id: string, nodeId: string, tool: string, signature: string, change: Partial<SpanRow> = {}) =>
  span(nodeId, { id, tool, callSignature: signature, effectVerdict: "live", mutating: true, ...change });
const same = (nodeId: string) => nodeId;
const pay = { nodeId: "refund", tool: "pay", signature: "s1" };
const taken = (calls: RecordedCalls, times: number, identity = pay) =>
  Array.from({ length: times }, () => calls.take(identity).answer?.spanId ?? null);
const compared = (calls: RecordedCalls, times: number, identity = pay) =>
  Array.from({ length: times }, () => calls.take(identity).against);

describe("recorded calls", () => {
  test("the n-th identical call gets the n-th recorded answer, and none beyond", () => {
    const calls = new RecordedCalls([call("a", "refund", "pay", "s1"), call("b", "refund", "pay", "s1")], same);
    expect(taken(calls, 3)).toEqual(["a", "b", null]);
  });

  test.each([
    ["node", { ...pay, nodeId: "other" }],
    ["tool", { ...pay, tool: "charge" }],
    ["arguments", { ...pay, signature: "s2" }],
  ])("another %s is another call", (_what, identity) => {
    const calls = new RecordedCalls([call("a", "refund", "pay", "s1")], same);
    expect(calls.take(identity).answer).toBeNull();
    expect(taken(calls, 1)).toEqual(["a"]);
  });

  test.each<[string, Partial<SpanRow>, string | null]>([
    ["a live answer", {}, "a"],
    [
      "a recorded answer leads to the first",
      { effectVerdict: "dry_run_recorded", recordedRun: "run_0", recordedSpan: "first" },
      "first",
    ],
    [
      "a re-used answer leads to the run that made it",
      { effectVerdict: "reused", reusedRun: "run_0", reusedSpan: "first" },
      "first",
    ],
    ["a simulated answer is no record", { effectVerdict: "dry_run_simulated" }, null],
    ["a failed call has no answer", { status: "failed" }, null],
    ["a cancelled call has no answer", { status: "cancelled" }, null],
  ])("%s", (_what, change, answer) => {
    expect(taken(new RecordedCalls([call("a", "refund", "pay", "s1", change)], same), 1)).toEqual([answer]);
  });

  test("follow the node mapping; what a gone node did answers nothing", () => {
    const mapping: Record<string, string | null> = { old: "refund", gone: null };
    const calls = new RecordedCalls(
      [call("a", "old", "pay", "s1"), call("b", "gone", "pay", "s1")],
      (nodeId) => mapping[nodeId] ?? null,
    );
    expect(taken(calls, 2)).toEqual(["a", null]);
    expect(calls.take({ ...pay, nodeId: "old" }).answer).toBeNull();
    expect(compared(calls, 1, { ...pay, nodeId: "gone" })).toEqual(["never"]);
  });

  test("a run that goes on after a crash does not take an answer twice", () => {
    const calls = new RecordedCalls([call("a", "refund", "pay", "s1"), call("b", "refund", "pay", "s1")], same);
    calls.restore(pay);
    expect(taken(calls, 2)).toEqual(["b", null]);
  });

  test.each([
    ["the same call", pay, "same"],
    ["the same tool with other arguments", { ...pay, signature: "s2" }, "other_arguments"],
    ["a tool that this node never called", { ...pay, tool: "charge" }, "never"],
    ["a node that called nothing", { ...pay, nodeId: "new" }, "never"],
  ] as const)("against the original: %s", (_what, identity, verdict) => {
    const calls = new RecordedCalls([call("a", "refund", "pay", "s1")], same);
    expect(compared(calls, 1, identity)).toEqual([verdict]);
  });

  test("against the original: one call more than it made was never made, also after a crash", () => {
    const twice = [call("a", "refund", "pay", "s1"), call("b", "refund", "pay", "s1", { status: "failed" })];
    const calls = new RecordedCalls(twice, same);
    expect(compared(calls, 4)).toEqual(["same", "same", "never", "never"]);
    expect(compared(calls, 1, { ...pay, signature: "s2" })).toEqual(["other_arguments"]);
    const resumed = new RecordedCalls(twice, same);
    resumed.restore(pay);
    expect(compared(resumed, 2)).toEqual(["same", "never"]);
  });

  test.each<[string, Partial<SpanRow>]>([
    ["failed", { status: "failed" }],
    ["was cancelled", { status: "cancelled" }],
    ["was simulated", { effectVerdict: "dry_run_simulated" }],
  ])("against the original: a call that %s was made, though it has no answer", (_what, change) => {
    const calls = new RecordedCalls([call("a", "refund", "pay", "s1", change)], same);
    expect(calls.take(pay)).toEqual({ answer: null, against: "same" });
  });
});
