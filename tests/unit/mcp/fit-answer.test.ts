import { expect, test } from "vitest";
import { TraceRowsQuery } from "#/lib/contract/trace-rows.ts";
import { mostAnswerBytes, pageLength, rowsOf, whole } from "#/lib/mcp/fit-answer.ts";
import { skeletonOf } from "#/tests/support/skeleton-of.ts";

const text = JSON.stringify(skeletonOf(Array.from({ length: 800 }, (_, row) => row % 3)));
const rows = (query: object) => rowsOf("ws_1", text, TraceRowsQuery.parse(query));

test("a page of a trace that would be too long ends early, says so, and its cursor goes on", async () => {
  const seen: unknown[] = [];
  let cursor: unknown = null;
  do {
    const page = await rows({ limit: 500, ...(cursor === null ? {} : { cursor }) });
    expect(Buffer.byteLength(page.text)).toBeLessThanOrEqual(mostAnswerBytes);
    expect(JSON.parse(page.text)).toEqual(page.value);
    const { data, nextCursor, truncated } = page.value as {
      data: unknown[];
      nextCursor: string | null;
      truncated?: string;
    };
    expect(truncated ?? null).toEqual(
      nextCursor === null ? null : `Only ${data.length} rows fit into 100 KB. Go on with nextCursor.`,
    );
    seen.push(...data);
    cursor = nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(800);
});

test("a page that is as long as was asked for says nothing", async () => {
  expect((await rows({ limit: 5 })).value).not.toHaveProperty("truncated");
});

test.each([
  [{ spanId: "x" }, "query.spanId"],
  [{ cursor: "x" }, "query.cursor"],
])("%j names no span", async (query, path) => {
  await expect(rows(query)).rejects.toMatchObject({ code: "not_found", fields: [{ path }] });
});

test("an answer of exactly 100 KB is left as it is", () => {
  const json = JSON.stringify({ a: "x".repeat(mostAnswerBytes - 8) });
  expect(whole(json)).toEqual({ text: json, value: JSON.parse(json) });
  expect(whole(json.replace("x", "xx"))).toBeNull();
});

test("the rows of a page are counted where that is cheap", () => {
  expect(pageLength('{"data":[1,2,3]}')).toBe(3);
  expect(pageLength("{}")).toBeNull();
  expect(pageLength(`{"data":[${"1,".repeat(400_000)}1]}`)).toBeNull();
});
