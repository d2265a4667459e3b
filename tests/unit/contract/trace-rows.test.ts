import { expect, test } from "vitest";
import { TraceRows, TraceRowsQuery, traceRows } from "#/lib/contract/trace-rows.ts";
import { skeletonOf } from "#/tests/support/skeleton-of.ts";

const tree = skeletonOf([0, 1, 2, 2, 1, 0, 1]);
const ask = (query: object, maxBytes = 100_000) => {
  const rows = traceRows(tree, TraceRowsQuery.parse(query), maxBytes);
  return "missing" in rows ? rows : { ids: rows.data.map(({ id }) => id).join(" "), next: rows.nextCursor };
};

test("a row holds what the columns hold, with words instead of indexes and null for what is not known", () => {
  const rows = TraceRows.parse(traceRows(tree, TraceRowsQuery.parse({}), 100_000));
  expect(rows).toMatchObject({ runId: "run_1", rev: 7, count: 7, hasMore: false });
  expect(rows.data[0]).toMatchObject({
    id: "s0",
    parentId: null,
    name: "first",
    nodeId: "node",
    durationMs: null,
    spans: 5,
  });
  expect(rows.data[1]).toMatchObject({ parentId: "s0", nodeId: null, model: "m", durationMs: 2, outputTokens: 3 });
});

test.each([
  ["all", {}, { ids: "s0 s1 s2 s3 s4 s5 s6", next: null }],
  ["those above a depth", { maxDepth: 0 }, { ids: "s0 s5", next: null }],
  ["what is inside a span", { spanId: "s1" }, { ids: "s1 s2 s3", next: null }],
  ["a depth below a span", { spanId: "s0", maxDepth: 1 }, { ids: "s0 s1 s4", next: null }],
  ["a page", { limit: 3 }, { ids: "s0 s1 s2", next: "s2" }],
  ["the page after it", { limit: 3, cursor: "s2" }, { ids: "s3 s4 s5", next: "s5" }],
  ["the last page", { limit: 3, cursor: "s5" }, { ids: "s6", next: null }],
  ["a page that ends with the span's last", { spanId: "s1", limit: 3 }, { ids: "s1 s2 s3", next: null }],
  ["a page in a span", { spanId: "s1", limit: 2, cursor: "s2" }, { ids: "s3", next: null }],
  ["a page above a depth", { maxDepth: 1, limit: 2, cursor: "s1" }, { ids: "s4 s5", next: "s5" }],
  ["a span that is not there", { spanId: "x" }, { missing: "spanId" }],
  ["a cursor that is not there", { cursor: "x" }, { missing: "cursor" }],
])("%s", (_what, query, expected) => {
  expect(ask(query)).toEqual(expected);
});

test("a page ends where its bytes do, but has one row", () => {
  expect(ask({}, 1)).toEqual({ ids: "s0", next: "s0" });
  expect(ask({ cursor: "s0" }, 900)).toMatchObject({ next: expect.stringMatching(/^s[1-4]$/) });
});
