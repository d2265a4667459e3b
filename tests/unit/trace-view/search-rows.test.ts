import { describe, expect, test } from "vitest";
import { countErrors, filterRows, nextError, nextHit } from "#/components/trace/search-rows.ts";
import { nameAt } from "#/components/trace/trace-columns.ts";
import { outline, sampleTrace } from "./sample-trace.ts";

const trace = sampleTrace(
  outline(`
plan
  fetch order
    GET /orders!
  refund!
    POST /refunds!
      retry!
notify
  mail order
`),
);

function kept(query: string, errorsOnly = false): { shown: string[]; hits: string[] } | null {
  const filter = filterRows(trace, query, errorsOnly);
  if (!filter) return null;
  const rows = Array.from({ length: trace.count }, (_, row) => row).filter((row) => filter.keep[row] !== 0);
  return { shown: rows.map((row) => nameAt(trace, row)), hits: Array.from(filter.hits, (row) => nameAt(trace, row)) };
}

describe("filtering", () => {
  test("nothing asked filters nothing", () => {
    expect(kept("")).toBeNull();
    expect(kept("   ")).toBeNull();
  });

  test("a hit is shown with what it stands in", () => {
    expect(kept("refunds")).toEqual({ shown: ["plan", "refund", "POST /refunds"], hits: ["POST /refunds"] });
  });

  test("letters match in any case", () => {
    expect(kept("ORDER")?.hits).toEqual(["fetch order", "GET /orders", "mail order"]);
  });

  test("a hit that others stand in is a hit, not context", () => {
    const filter = filterRows(trace, "refund", false);
    expect(Array.from(filter?.keep ?? [])).toEqual([1, 0, 0, 2, 2, 0, 0, 0]);
  });

  test("a span id finds its span", () => {
    expect(kept("span_retry")?.hits).toEqual(["retry"]);
  });

  test("errors only narrows, alone and together with a search", () => {
    expect(kept("", true)?.hits).toEqual(["GET /orders", "refund", "POST /refunds", "retry"]);
    expect(kept("refund", true)?.hits).toEqual(["refund", "POST /refunds"]);
  });

  test("nothing found shows nothing", () => {
    expect(kept("no such thing")).toEqual({ shown: [], hits: [] });
  });
});

describe("next error", () => {
  test("goes from cause to cause, skipping what only failed through a child, and wraps around", () => {
    expect(nextError(trace, -1)).toBe(2);
    expect(nextError(trace, 2)).toBe(5);
    expect(nextError(trace, 5)).toBe(2);
    expect(nextError(trace, 2, -1)).toBe(5);
  });

  test("there is none in a run without failures, and none in an empty one", () => {
    expect(nextError(sampleTrace(outline("a\n  b")), 0)).toBe(-1);
    expect(nextError(sampleTrace([]), -1)).toBe(-1);
  });

  test("the only error is found again from itself", () => {
    expect(nextError(sampleTrace(outline("a\nb!")), 1)).toBe(1);
  });

  test("causes are counted, not their ancestors", () => {
    expect(countErrors(trace)).toBe(2);
  });
});

test("hits are walked in both directions and around the ends", () => {
  const hits = Int32Array.of(2, 5, 9);
  expect([nextHit(hits, -1, 1), nextHit(hits, 2, 1), nextHit(hits, 9, 1)]).toEqual([2, 5, 2]);
  expect([nextHit(hits, 9, -1), nextHit(hits, 2, -1), nextHit(hits, 3, -1)]).toEqual([5, 9, 2]);
  expect(nextHit(new Int32Array(0), 0, 1)).toBe(-1);
});
