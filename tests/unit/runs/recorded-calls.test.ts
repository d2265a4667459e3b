import { describe, expect, test } from "vitest";
import { callRecord, RecordedCalls, type CallIdentity } from "#/lib/runs/recorded-calls.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import { span } from "../replay/replay-facts.ts";

const pay: CallIdentity = { nodeId: "refund", key: "new", tool: "pay", signature: "2:s1.r1" };
const call = (id: string, change: Partial<SpanRow> = {}) =>
  span("refund", { id, tool: "pay", callSignature: "2:s1.r1", effectVerdict: "live", mutating: true, ...change });
const http = { code: "tool_http_error", message: "POST answered 422" } as const;

const kept = { isSimulated: false };
const stay = { node: (nodeId: string) => nodeId, key: (key: string) => key };
const recorded = (...rows: SpanRow[]) => new RecordedCalls(recordsOf(rows), stay);
const recordsOf = (rows: SpanRow[], origin: Parameters<typeof callRecord>[1] = kept) =>
  rows.flatMap((row) => callRecord(row, origin) ?? []);
const answers = (calls: RecordedCalls, asked: CallIdentity[]) =>
  asked.map((identity) => calls.take(identity).answer?.spanId ?? null);
const against = (calls: RecordedCalls, asked: CallIdentity[]) => asked.map((identity) => calls.take(identity).against);
const times = (count: number, change: Partial<CallIdentity> = {}) =>
  Array.from({ length: count }, () => ({ ...pay, ...change }));
const at = (...keys: string[]) => keys.map((key) => ({ ...pay, key }));

describe("recorded calls", () => {
  test.each<[string, string[], string[], (string | null)[]]>([
    ["the n-th identical call gets the n-th answer, and none beyond", ["x", "y"], ["a", "b", "c"], ["x", "y", null]],
    ["the same step first, in whatever order they come", ["a", "b", "c"], ["c", "a", "b"], ["c", "a", "b"]],
    ["items of a map", ["m[0].p", "m[1].p", "m[2].p"], ["m[2].p", "m[0].p", "m[1].p"], ["m[2].p", "m[0].p", "m[1].p"]],
    [
      "what is left goes in the order in which it was asked for",
      ["m[10].p", "m[9].p"],
      ["a", "b"],
      ["m[9].p", "m[10].p"],
    ],
    [
      "turns by their number",
      ["d/turn-10/p-0", "d/turn-9/p-1", "d/turn-9/p-0"],
      ["a", "b", "c"],
      ["d/turn-9/p-0", "d/turn-9/p-1", "d/turn-10/p-0"],
    ],
    ["a step whose own answer another has taken gets what is left", ["a", "b"], ["x", "a", "b"], ["a", "b", null]],
  ])("%s", (_what, made, asked, expected) => {
    const calls = recorded(...made.map((key) => call(key, { key })));
    expect(answers(calls, at(...asked))).toEqual(expected);
  });

  test("an item that was not there then takes nothing from one that is under way", () => {
    const calls = recorded(...["m[0].p", "m[1].p", "m[2].p"].map((key) => call(key, { key })));
    const ends = ["m[0].", "m[1].", "m[2].", "m[3]."].map((prefix) => calls.beginItem(prefix));
    expect(answers(calls, at("m[3].p", "m[1].p"))).toEqual([null, "m[1].p"]);
    ends[0]?.();
    expect(answers(calls, at("m[3].p", "m[3].p", "m[2].p"))).toEqual(["m[0].p", null, "m[2].p"]);
  });

  test.each<[string, Partial<CallIdentity>]>([
    ["node", { nodeId: "other" }],
    ["tool", { tool: "charge" }],
    ["arguments", { signature: "2:s2.r1" }],
    ["request", { signature: "2:s1.r2" }],
  ])("another %s is another call", (_what, change) => {
    const calls = recorded(call("a"));
    expect(calls.take({ ...pay, ...change }).answer).toBeNull();
    expect(answers(calls, [pay])).toEqual(["a"]);
  });

  test("a call whose request nobody can know is the same by its arguments", () => {
    expect(answers(recorded(call("a")), times(1, { signature: "2:s1." }))).toEqual(["a"]);
    expect(answers(recorded(call("a", { callSignature: "2:s1." })), [pay])).toEqual(["a"]);
  });

  test("an older record is found by what it would have been known by", () => {
    const calls = recorded(call("a", { callSignature: "1:s1.r1" }));
    expect(answers(calls, [pay])).toEqual([null]);
    expect(answers(calls, times(1, { former: "1:s1.r2" }))).toEqual([null]);
    expect(answers(calls, times(2, { former: "1:s1.r1" }))).toEqual(["a", null]);
  });

  test.each<[string, Partial<SpanRow>, string | null]>([
    ["a live answer", {}, "a"],
    [
      "a recorded answer leads to the first",
      { effectVerdict: "dry_run_recorded", recordedRun: "r", recordedSpan: "first" },
      "first",
    ],
    [
      "a reused answer leads to the run that made it",
      { effectVerdict: "reused", reusedRun: "r", reusedSpan: "first" },
      "first",
    ],
    ["a simulated answer is no record", { effectVerdict: "dry_run_simulated" }, null],
    ["a failure is an answer", { status: "failed", error: http }, "a"],
    ["a failure without a word is none", { status: "failed" }, null],
    ["an unknown outcome is none", { status: "failed", error: { code: "unknown_outcome", message: "" } }, null],
    ["a cancelled call has none", { status: "cancelled" }, null],
  ])("%s, and in each case the call was made", (_what, change, answer) => {
    const calls = recorded(call("a", change));
    expect(calls.take(pay)).toEqual({
      answer: answer === null ? null : expect.objectContaining({ spanId: answer }),
      against: "same",
    });
  });

  test.each<[string, Partial<SpanRow>, Parameters<typeof callRecord>[1]]>([
    ["is gone", { recordedRun: "r", recordedSpan: "first" }, null],
    ["was made up", { effectVerdict: "reused", reusedRun: "r", reusedSpan: "first" }, { isSimulated: true }],
  ])("an answer whose origin %s is none, and the call was made all the same", (_what, change, origin) => {
    const calls = new RecordedCalls(recordsOf([call("a", change)], origin), stay);
    expect(calls.take(pay)).toEqual({ answer: null, against: "same" });
  });

  test("failures and answers are repeated n-th for n-th", () => {
    const calls = recorded(
      call("a", { key: "a", status: "failed", error: http }),
      call("b", { key: "b" }),
      call("c", { key: "c", status: "failed", error: http }),
    );
    expect(times(3).map((identity) => calls.take(identity).answer?.error ?? null)).toEqual([http, null, http]);
  });

  test("follow the node mapping; what a gone node did answers nothing", () => {
    const mapping: Record<string, string | null> = { old: "refund", gone: null };
    const calls = new RecordedCalls(
      recordsOf([call("a", { nodeId: "old", key: "old" }), call("b", { nodeId: "gone" })]),
      { node: (nodeId) => mapping[nodeId] ?? null, key: (key) => mapping[key] ?? key },
    );
    expect(answers(calls, [{ ...pay, key: "refund" }, pay])).toEqual(["a", null]);
    expect(calls.take({ ...pay, nodeId: "old" }).answer).toBeNull();
    expect(against(calls, times(1, { nodeId: "gone" }))).toEqual(["never"]);
  });

  test("a run that goes on after a crash takes no answer twice, and leaves each step its own", () => {
    const rows = ["m[0].p", "m[1].p", "m[2].p"].map((key) => call(key, { key }));
    const calls = recorded(...rows);
    calls.restore({ ...pay, key: "m[1].p" }, "m[1].p");
    expect(answers(calls, at("m[2].p", "m[0].p", "m[1].p"))).toEqual(["m[2].p", "m[0].p", null]);
    const again = recorded(...rows);
    again.restore({ ...pay, key: "m[1].p" }, null);
    expect(answers(again, at("m[1].p", "m[0].p"))).toEqual(["m[0].p", "m[2].p"]);
  });

  test.each<[string, Partial<CallIdentity>, string]>([
    ["the same call", {}, "same"],
    ["the same tool with other arguments", { signature: "2:s2.r1" }, "other_arguments"],
    ["the same tool with another request", { signature: "2:s1.r2" }, "other_arguments"],
    ["a tool that this node never called", { tool: "charge" }, "never"],
    ["a node that called nothing", { nodeId: "new" }, "never"],
  ])("against the original: %s", (_what, change, verdict) => {
    expect(against(recorded(call("a")), times(1, change))).toEqual([verdict]);
  });

  test("against the original: one call more than it made was never made", () => {
    const calls = recorded(call("a", { key: "a" }), call("b", { key: "b", status: "failed", error: http }));
    expect(against(calls, times(4))).toEqual(["same", "same", "never", "never"]);
    expect(against(calls, times(1, { signature: "2:s2.r1" }))).toEqual(["other_arguments"]);
  });
});
