import { describe, expect, test } from "vitest";
import {
  formatCompact,
  formatCost,
  formatCount,
  formatDuration,
  formatRelative,
  formatTimestamp,
  shortId,
  totalTokens,
} from "#/components/ui/format.ts";

test.each([
  [null, "–"],
  [undefined, "–"],
  [Number.NaN, "–"],
  [0, "0 ms"],
  [840.4, "840 ms"],
  [999.6, "1.0 s"],
  [1234, "1.2 s"],
  [9949, "9.9 s"],
  [9950, "10 s"],
  [59_499, "59 s"],
  [59_500, "1m 00s"],
  [312_000, "5m 12s"],
  [3_599_999, "1h 00m"],
  [11_040_000, "3h 04m"],
  [190_800_000, "2d 5h"],
])("a duration of %s ms reads %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [null, "unknown"],
  [0, "$0"],
  [1, "$0.000001"],
  [4200, "$0.0042"],
  [12_300, "$0.012"],
  [7201, "$0.0072"],
  [9949, "$0.0099"],
  [9950, "$0.010"],
  [9999, "$0.010"],
  [500_000, "$0.500"],
  [1_230_000, "$1.23"],
  [1_234_500_000, "$1,234.50"],
])("a cost of %s micro-dollars reads %s", (micros, text) => {
  expect(formatCost(micros)).toBe(text);
});

describe("counts", () => {
  test.each([
    [null, "unknown", "unknown"],
    [0, "0", "0"],
    [950, "950", "950"],
    [1234, "1,234", "1.2k"],
    [2000, "2,000", "2k"],
    [34_499, "34,499", "34k"],
    [999_499, "999,499", "999k"],
    [999_500, "999,500", "1M"],
    [5_600_000, "5,600,000", "5.6M"],
  ])("%s reads %s, short %s", (value, full, short) => {
    expect([formatCount(value), formatCompact(value)]).toEqual([full, short]);
  });

  test("tokens are unknown only when both sides are", () => {
    expect(totalTokens({ inputTokens: null, outputTokens: null })).toBeNull();
    expect(totalTokens({ inputTokens: 3, outputTokens: null })).toBe(3);
    expect(totalTokens({ inputTokens: 0, outputTokens: 0 })).toBe(0);
  });
});

describe("times", () => {
  const now = Date.parse("2026-11-21T12:00:00.000Z");
  test.each([
    ["2026-11-21T11:59:58.500Z", "just now"],
    ["2026-11-21T11:59:30.000Z", "30 s ago"],
    ["2026-11-21T11:55:01.000Z", "4 min ago"],
    ["2026-11-21T09:00:00.000Z", "3 h ago"],
    ["2026-11-19T11:00:00.000Z", "2 d ago"],
    ["2026-09-01T11:00:00.000Z", "2026-09-01"],
    ["2026-11-21T12:10:00.000Z", "in 10 min"],
    ["nonsense", "–"],
  ])("%s is %s", (iso, text) => {
    expect(formatRelative(iso, now)).toBe(text);
  });

  test("the exact time is the same text in every time zone", () => {
    expect(formatTimestamp("2026-11-21T01:52:40.123Z")).toBe("2026-11-21 01:52:40 UTC");
    expect(formatTimestamp("2026-11-21T02:52:40+01:00")).toBe("2026-11-21 01:52:40 UTC");
    expect([formatTimestamp(null), formatTimestamp("x")]).toEqual(["–", "–"]);
  });
});

test("an id is only shortened when that saves room", () => {
  expect(shortId("run_01k9")).toBe("run_01k9");
  expect(shortId("run_01k9abcdefghijklmnop")).toBe("run_01k9…mnop");
});
