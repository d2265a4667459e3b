import { describe, expect, test } from "vitest";
import { logLinesOf, retryInAttribute, type SpanMoment } from "#/lib/runs/log-lines.ts";
import type { EffectRecord, SpanRecord } from "#/lib/runs/span-record.ts";

const startedAt = new Date("2026-11-21T10:00:00.000Z");
const finishedAt = new Date("2026-11-21T10:00:00.250Z");

function span(more: Partial<SpanRecord>): SpanRecord {
  return {
    id: "span_1",
    parentId: null,
    key: "node",
    kind: "transform",
    nodeId: "node",
    name: "node",
    status: "completed",
    attempt: 1,
    seq: 1,
    startRev: 1,
    outputBytes: null,
    startedAt,
    finishedAt,
    wakeAt: null,
    modelRef: null,
    answeredModel: null,
    promptArtifact: null,
    promptHash: null,
    madeCall: false,
    usage: null,
    costMicros: null,
    effect: null,
    reused: null,
    error: null,
    ...more,
  };
}

const effect = (verdict: EffectRecord["verdict"], mutating = true): EffectRecord => ({
  verdict,
  mutating,
  why: "POST is mutating",
  tool: "POST",
  callSignature: "x",
  againstOriginal: null,
  grant: null,
  recordedFrom: null,
});
const usage = {
  inputTokens: 12,
  outputTokens: 3,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};
const post = { method: "POST", url: "http://shop.test/refunds?key=hush", headers: {}, body: null };
const open: Partial<SpanRecord> = { status: "running", finishedAt: null };
const ask: Partial<SpanRecord> = { kind: "wait", name: "Go on?", input: { approval: { title: "Go on?" } } };

const cases: [string, Partial<SpanRecord>, SpanMoment, string[]][] = [
  ["a transform that ends well", {}, "change", []],
  [
    "a transform that fails",
    { status: "failed", error: { code: "expression_failed", message: "no" } },
    "change",
    ["error node failed (expression_failed): no"],
  ],
  ["a skipped step", { status: "skipped" }, "change", []],
  [
    "a cancelled step",
    { status: "cancelled", error: { code: "cancelled", message: "stopped" } },
    "change",
    ["warn node cancelled (cancelled): stopped"],
  ],
  [
    "an attempt that is followed by another",
    {
      kind: "attempt",
      status: "failed",
      error: { code: "timed_out", message: "late" },
      attributes: { [retryInAttribute]: 40 },
    },
    "change",
    ["warn Attempt 1 failed (timed_out): late; the next one starts in 40 ms"],
  ],
  [
    "the last attempt",
    { kind: "attempt", attempt: 3, status: "failed", error: { code: "timed_out", message: "late" } },
    "change",
    ["warn Attempt 3 failed (timed_out): late; no attempts are left"],
  ],
  ["the attempt that succeeded", { kind: "attempt", attempt: 2 }, "change", []],
  [
    "a read-only call that begins",
    { ...open, kind: "tool", name: "GET /a", effect: effect("live", false) },
    "start",
    [],
  ],
  [
    "a read-only call that ends",
    { kind: "tool", name: "GET /a", effect: effect("live", false), attributes: { "http.response.status_code": 200 } },
    "change",
    ["info GET /a answered 200 in 250 ms"],
  ],
  [
    "a mutating call before it leaves",
    { ...open, kind: "tool", name: "POST /refunds", effect: effect("live"), input: post },
    "start",
    ["info POST /refunds: live (POST is mutating)"],
  ],
  [
    "a mutating call that a later worker takes up",
    { ...open, kind: "tool", name: "POST /refunds", effect: effect("live") },
    "change",
    [],
  ],
  [
    "a dry run",
    { kind: "tool_call", name: "refund", effect: effect("dry_run_simulated") },
    "change",
    ["info refund: not sent, dry_run_simulated (POST is mutating)"],
  ],
  [
    "a model call",
    { kind: "model", modelRef: "a:b", usage, attributes: { "gen_ai.response.finish_reasons": ["end"] } },
    "change",
    ["info a:b answered in 250 ms (end), 12 tokens in, 3 out"],
  ],
  [
    "a model call of unknown usage",
    { kind: "model_call", modelRef: "a:b", attributes: {} },
    "change",
    ["info a:b answered in 250 ms (null)"],
  ],
  [
    "a map that begins",
    { ...open, kind: "map", input: { items: 7, concurrency: 2 } },
    "start",
    ["info 7 items, 2 at once"],
  ],
  ["a map that goes on", { ...open, kind: "map", input: { items: 7, concurrency: 2 } }, "change", []],
  [
    "an approval that is asked for",
    { ...open, ...ask, status: "waiting" },
    "start",
    ["info Approval requested: Go on?"],
  ],
  [
    "an approval that was given",
    { ...ask, output: { decision: "approve", by: "usr_1" } },
    "change",
    ["info Approved by usr_1"],
  ],
  [
    "an approval that nobody gave",
    { ...ask, output: { decision: "timed_out", by: null } },
    "change",
    ["info Nobody decided in time"],
  ],
  ["a timer", { kind: "wait", output: null }, "change", []],
];

describe("log lines of a span", () => {
  test.each(cases)("%s", (_, more, moment, expected) => {
    expect(logLinesOf(span(more), moment).map((line) => `${line.level} ${line.message}`)).toEqual(expected);
  });

  test("name method and path of a request, never its query", () => {
    const lines = logLinesOf(
      span({ kind: "tool", name: "POST /refunds", effect: effect("live"), input: { arguments: {}, request: post } }),
      "change",
    );
    expect(lines[0]?.data).toMatchObject({ method: "POST", path: "/refunds" });
    expect(JSON.stringify(lines)).not.toContain("hush");
  });

  test("are bounded, and text that a column takes", () => {
    const message = `\u0000${"x".repeat(499)}\ud83d\ude00`.repeat(20);
    const [line] = logLinesOf(span({ status: "failed", error: { code: "tool_failed", message } }), "change");
    expect(line?.message.length).toBeLessThan(520);
    expect(line?.message).not.toContain("\u0000");
    expect(line?.message.isWellFormed()).toBe(true);
  });
});
